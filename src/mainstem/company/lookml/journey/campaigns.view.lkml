view: campaigns {
  label: "Campaigns"
  sql_table_name: lake.analytics.fct_campaign_month ;;

  dimension: campaign_month_id {
    primary_key: yes
    hidden: yes
    description: "Campaign and month."
    type: string
    sql: ${TABLE}.campaign_month_id ;;
  }

  dimension: campaign_name {
    label: "Campaign"
    description: "Its name in small letters, as links carry it."
    type: string
    sql: ${TABLE}.campaign_name ;;
  }

  dimension: channel {
    description: "What kind of campaign marketing says it is; blank for one that marketing does not know."
    type: string
    sql: ${TABLE}.channel ;;
  }

  dimension: is_known {
    label: "Marketing knows it"
    description: "No for a name that only links carry."
    type: yesno
    sql: ${TABLE}.is_known ;;
  }

  dimension: month_key {
    hidden: yes
    description: "First day of the month."
    type: date
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month_start ;;
  }

  dimension_group: spent {
    label: "Spent"
    description: "The month."
    type: time
    timeframes: [month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month_start ;;
  }

  measure: cost {
    description: "What it cost; blank where nobody told."
    type: sum
    sql: ${TABLE}.cost_cents / 100.0 ;;
    value_format: "$#,##0"
  }

  measure: touches {
    label: "Visits it brought"
    description: "How often it brought somebody to the website."
    type: sum
    sql: ${TABLE}.touches ;;
  }

  measure: people_months {
    label: "People it brought, month by month"
    description: "Whom it brought, each once a month."
    type: sum
    sql: ${TABLE}.people ;;
  }

  measure: emails_sent {
    label: "E-mails sent"
    description: "E-mails it sent."
    type: sum
    sql: ${TABLE}.emails_sent ;;
    value_format: "#,##0"
  }

  measure: responses {
    description: "How often somebody answered it: clicked, filled in a form, came to a webinar."
    type: sum
    sql: ${TABLE}.responses ;;
    value_format: "#,##0"
  }

  measure: cost_per_touch {
    label: "Cost of a visit"
    description: "Cost, by visits it brought."
    type: number
    sql: 1.0 * ${cost} / NULLIF(${touches}, 0) ;;
    value_format: "$#,##0.00"
  }

  measure: trials {
    description: "Trials by share of credit, under the way of giving credit that is chosen."
    type: sum
    sql_distinct_key: ${attribution.attribution_id} ;;
    sql: CASE WHEN ${attribution.conversion_type} = 'trial' THEN ${attribution.credit_share} END ;;
    value_format: "#,##0.0"
  }

  measure: purchases {
    description: "Purchases by share of credit, under the way of giving credit that is chosen."
    type: sum
    sql_distinct_key: ${attribution.attribution_id} ;;
    sql: CASE WHEN ${attribution.conversion_type} = 'purchase' THEN ${attribution.credit_share} END ;;
    value_format: "#,##0.0"
  }

  measure: arr {
    label: "ARR"
    description: "Annual recurring revenue of purchases by share of credit, under the way of giving credit that is chosen."
    type: sum
    sql_distinct_key: ${attribution.attribution_id} ;;
    sql: CASE WHEN ${attribution.conversion_type} = 'purchase' THEN ${attribution.credited_arr_cents} / 100.0 END ;;
    value_format: "$#,##0"
  }

  measure: cost_per_trial {
    label: "Cost of a trial"
    description: "Cost, by trials credited."
    type: number
    sql: 1.0 * ${cost} / NULLIF(${trials}, 0) ;;
    value_format: "$#,##0"
  }

  measure: return_on_cost {
    label: "ARR for a dollar"
    description: "ARR credited, by cost."
    type: number
    sql: 1.0 * ${arr} / NULLIF(${cost}, 0) ;;
    value_format: "0.0"
  }
}
