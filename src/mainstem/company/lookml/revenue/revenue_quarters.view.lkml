view: revenue_quarters {
  label: "Revenue by fiscal quarter"
  sql_table_name: lake.analytics.fct_revenue_quarter ;;

  dimension: revenue_quarter_id {
    primary_key: yes
    hidden: yes
    type: date
    datatype: date
    convert_tz: no
    sql: ${TABLE}.fiscal_quarter_start ;;
  }

  dimension: fiscal_quarter_name {
    label: "Fiscal quarter"
    description: "Such as FY2026-Q1."
    type: string
    sql: ${TABLE}.fiscal_quarter_name ;;
  }

  dimension: fiscal_year_name {
    label: "Fiscal year"
    description: "Such as FY2026."
    type: string
    sql: ${TABLE}.fiscal_year_name ;;
  }

  dimension: is_complete {
    label: "Is complete"
    description: "Whether the quarter is over."
    type: yesno
    sql: ${TABLE}.is_complete ;;
  }

  dimension_group: quarter {
    label: "Quarter start"
    description: "First day of the fiscal quarter."
    type: time
    timeframes: [date]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.fiscal_quarter_start ;;
  }

  measure: start_arr {
    label: "ARR at start"
    description: "ARR at the start of the quarter."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.start_cents / 100.0 ;;
  }

  measure: new_arr {
    label: "New"
    description: "ARR of accounts that were never customers before."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.new_cents / 100.0 ;;
  }

  measure: expansion {
    description: "More ARR from customers."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.expansion_cents / 100.0 ;;
  }

  measure: came_back {
    label: "Came back"
    description: "ARR of former customers that came back."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.resurrection_cents / 100.0 ;;
  }

  measure: contraction {
    description: "Less ARR from customers; negative."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.contraction_cents / 100.0 ;;
  }

  measure: churn {
    label: "Left"
    description: "ARR of customers that left; negative."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.churn_cents / 100.0 ;;
  }

  measure: end_arr {
    label: "ARR at end"
    description: "ARR at the end of the quarter, or today. Ask for it by quarter."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.end_cents / 100.0 ;;
  }

  measure: target {
    description: "ARR that its last day is to have; blank without a target."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.target_cents / 100.0 ;;
  }

  measure: attainment {
    description: "ARR at its end, of the target."
    type: number
    value_format_name: percent_1
    sql: 1.0 * ${end_arr} / NULLIF(${target}, 0) ;;
  }

  measure: bookings {
    description: "Price of everything signed."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.bookings_cents / 100.0 ;;
  }

  measure: campaign_costs {
    label: "Campaign costs"
    description: "What campaigns cost; blank when a month is not known."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.campaign_cost_cents / 100.0 ;;
  }

  measure: campaign_magic_number {
    label: "Campaign magic number"
    description: "ARR won for each dollar that campaigns cost in the quarter before. Salaries are not in it."
    type: sum
    value_format_name: decimal_2
    sql: ${TABLE}.campaign_magic_number ;;
  }
}
