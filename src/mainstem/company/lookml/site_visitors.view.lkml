view: site_visitors {
  label: "Website"
  sql_table_name: lake.analytics.fct_daily_site_visitors ;;

  dimension: visitor_day_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.visitor_day_id ;;
  }

  dimension: visitor_id {
    label: "Visitor ID"
    description: "The browser; where events came without an anonymous id, the logged-in user. Blank for people who refused to be followed."
    type: string
    sql: ${TABLE}.visitor_id ;;
  }

  dimension_group: visit {
    description: "UTC day of the visit."
    type: time
    timeframes: [date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.visit_date ;;
  }

  dimension: is_identified {
    label: "Is identified"
    description: "Whether the visitor was logged in at any moment of that day."
    type: yesno
    sql: ${TABLE}.is_identified ;;
  }

  dimension: campaign_source {
    label: "Campaign source"
    description: "utm_source of the visit."
    type: string
    sql: ${TABLE}.campaign_source ;;
  }

  measure: visitors {
    description: "Visitors in the period, each counted once; without people who refused to be followed."
    type: count_distinct
    sql: ${TABLE}.visitor_id ;;
  }

  measure: page_views {
    label: "Page views"
    description: "Pages viewed in the period."
    type: sum
    sql: ${TABLE}.page_views ;;
  }

  measure: downloads {
    description: "Clicks on a download in the period."
    type: sum
    sql: ${TABLE}.downloads ;;
  }

  measure: page_views_per_visitor {
    label: "Page views per visitor"
    description: "Pages viewed for each visitor in the period."
    type: number
    sql: 1.0 * ${page_views_of_visitors} / NULLIF(${visitors}, 0) ;;
  }

  measure: page_views_of_visitors {
    hidden: yes
    description: "Pages viewed by visitors who can be counted."
    type: sum
    sql: CASE WHEN ${TABLE}.visitor_id IS NOT NULL THEN ${TABLE}.page_views END ;;
  }
}
