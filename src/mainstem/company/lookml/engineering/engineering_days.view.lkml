view: engineering_days {
  label: "Work by day"
  sql_table_name: lake.analytics.fct_engineering_day ;;

  dimension: engineering_day_id {
    primary_key: yes
    hidden: yes
    description: "Project and day."
    type: string
    sql: ${TABLE}.engineering_day_id ;;
  }

  dimension: project_key {
    label: "Team"
    description: "The project; an issue counts where it is today."
    type: string
    sql: ${TABLE}.project_key ;;
  }

  dimension_group: work {
    label: "Work"
    description: "The UTC day."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.date_day ;;
  }

  measure: days {
    hidden: yes
    description: "Days, each once."
    type: count_distinct
    sql: ${TABLE}.date_day ;;
  }

  measure: under_way_sum {
    hidden: yes
    description: "Issues under way at the ends of days, added up."
    type: sum
    sql: ${TABLE}.in_progress_issues ;;
  }

  measure: waiting_sum {
    hidden: yes
    description: "Issues that wait at the ends of days, added up."
    type: sum
    sql: ${TABLE}.to_do_issues ;;
  }

  measure: under_way {
    label: "Issues under way"
    description: "Work in progress: issues under way when a day ends, on average."
    type: number
    value_format_name: decimal_1
    sql: 1.0 * ${under_way_sum} / NULLIF(${days}, 0) ;;
  }

  measure: waiting {
    label: "Issues that wait"
    description: "Issues nobody has begun when a day ends, on average."
    type: number
    value_format_name: decimal_1
    sql: 1.0 * ${waiting_sum} / NULLIF(${days}, 0) ;;
  }

  measure: created_issues {
    label: "Issues written"
    description: "Issues written on these days."
    type: sum
    sql: ${TABLE}.created_issues ;;
  }

  measure: done_issues {
    label: "Issues done"
    description: "Throughput: issues done for good on these days."
    type: sum
    sql: ${TABLE}.done_issues ;;
  }

  measure: done_points {
    label: "Story points done"
    description: "Their estimates."
    type: sum
    sql: ${TABLE}.done_points ;;
  }
}
