view: arr_days {
  label: "ARR by day"
  sql_table_name: lake.analytics.fct_arr_day ;;

  dimension: arr_day_id {
    primary_key: yes
    hidden: yes
    type: date
    datatype: date
    convert_tz: no
    sql: ${TABLE}.arr_date ;;
  }

  dimension_group: arr {
    label: "On"
    description: "The day."
    type: time
    timeframes: [date]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.arr_date ;;
  }

  measure: arr {
    label: "ARR"
    description: "Annual recurring revenue at the end of the day. Ask for it by day; by month it is in Revenue by month."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.arr_cents / 100.0 ;;
  }

  measure: accounts {
    label: "Customers"
    description: "Accounts that pay at the end of the day."
    type: sum
    sql: ${TABLE}.accounts ;;
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
}
