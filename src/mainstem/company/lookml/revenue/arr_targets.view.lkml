view: arr_targets {
  label: "Targets"
  sql_table_name: lake.analytics.fct_arr_target ;;

  dimension: arr_target_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.arr_target_id ;;
  }

  dimension: fiscal_quarter_name {
    label: "Fiscal quarter"
    description: "Such as FY2026-Q1."
    type: string
    sql: ${TABLE}.fiscal_quarter_name ;;
  }

  dimension_group: target_end {
    label: "Quarter end"
    description: "Last day of the quarter."
    type: time
    timeframes: [date]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.ends_on ;;
  }

  dimension: is_complete {
    label: "Is complete"
    description: "Whether the quarter is over."
    type: yesno
    sql: ${TABLE}.is_complete ;;
  }

  measure: target {
    description: "ARR that the quarter is to end with."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.target_cents / 100.0 ;;
  }

  measure: actual {
    description: "ARR at its end, or today; blank before it begins."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.actual_cents / 100.0 ;;
  }

  measure: difference {
    description: "Actual less target."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.difference_cents / 100.0 ;;
  }

  measure: attainment {
    description: "Actual, of the target."
    type: number
    value_format_name: percent_1
    sql: 1.0 * ${actual} / NULLIF(${target}, 0) ;;
  }
}
