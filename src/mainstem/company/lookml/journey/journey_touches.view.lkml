view: journey_touches {
  label: "Touches"
  sql_table_name: lake.analytics.fct_touch ;;

  dimension: touch_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.touch_id ;;
  }

  dimension: session_id {
    hidden: yes
    type: string
    sql: ${TABLE}.session_id ;;
  }

  dimension: person_id {
    label: "Person ID"
    description: "Who was touched."
    tags: ["cohort:person"]
    type: string
    sql: ${TABLE}.person_id ;;
  }

  dimension: account_id {
    label: "Account ID"
    description: "Their account in the CRM; empty where none is known."
    tags: ["cohort:account"]
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: journey_id {
    label: "Journey ID"
    description: "The account where one is known, else the person."
    tags: ["cohort:journey"]
    type: string
    sql: ${TABLE}.journey_id ;;
  }

  dimension: visitor_id {
    label: "Visitor ID"
    description: "The browser."
    type: string
    sql: ${TABLE}.visitor_id ;;
  }

  dimension_group: touched {
    description: "When they came."
    type: time
    timeframes: [time, date, week, month, quarter, year]
    sql: ${TABLE}.touched_at ;;
  }

  dimension_group: happened {
    hidden: yes
    type: time
    timeframes: [raw, date]
    tags: ["cohort:time"]
    sql: ${TABLE}.touched_at ;;
  }

  dimension: channel {
    description: "What brought them: by utm tags and referrer; direct where nothing says."
    tags: ["cohort:event"]
    type: string
    sql: ${TABLE}.channel ;;
  }

  dimension: campaign_source {
    label: "Campaign source"
    description: "utm_source."
    type: string
    sql: ${TABLE}.campaign_source ;;
  }

  dimension: campaign_medium {
    label: "Campaign medium"
    description: "utm_medium."
    type: string
    sql: ${TABLE}.campaign_medium ;;
  }

  dimension: campaign_name {
    label: "Campaign"
    description: "utm_campaign."
    type: string
    sql: ${TABLE}.campaign_name ;;
  }

  dimension: referrer_host {
    label: "Referring site"
    description: "Site that led here."
    type: string
    sql: ${TABLE}.referrer_host ;;
  }

  dimension: landing_path {
    label: "Landing page"
    description: "First page they saw."
    type: string
    sql: ${TABLE}.landing_path ;;
  }

  measure: touches {
    description: "Times somebody came."
    type: count
    value_format: "#,##0"
  }

  measure: people {
    description: "People who came, each counted once."
    type: count_distinct
    sql: ${person_id} ;;
    value_format: "#,##0"
  }

  measure: direct_share {
    label: "Direct share"
    description: "Share of touches that nothing is known about."
    type: number
    sql: 1.0 * ${direct_touches} / NULLIF(${touches}, 0) ;;
    value_format: "0.0%"
  }

  measure: direct_touches {
    label: "Direct touches"
    description: "Touches without campaign and referring site."
    type: count
    filters: [channel: "direct"]
    value_format: "#,##0"
  }
}
