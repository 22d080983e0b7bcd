view: issue_statuses {
  label: "Time in statuses"
  sql_table_name: lake.analytics.fct_issue_status ;;

  dimension: issue_status_id {
    primary_key: yes
    hidden: yes
    description: "The issue and the number of the spell."
    type: string
    sql: ${TABLE}.issue_status_id ;;
  }

  dimension: issue_id {
    hidden: yes
    description: "The issue."
    type: string
    sql: ${TABLE}.issue_id ;;
  }

  dimension: status {
    description: "The status it was in."
    type: string
    sql: ${TABLE}.status ;;
  }

  dimension: stage {
    description: "to_do, in_progress or done."
    type: string
    sql: ${TABLE}.status_category ;;
  }

  dimension: is_current {
    label: "Is there still"
    description: "Whether it is in that status now."
    type: yesno
    sql: ${TABLE}.is_current ;;
  }

  dimension_group: entered {
    label: "Came"
    description: "Day it came into the status."
    type: time
    timeframes: [date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.entered_date ;;
  }

  measure: spells {
    label: "Stays"
    description: "How often issues were in the status."
    type: count
  }

  measure: days {
    label: "Days in the status"
    description: "Days by the clock that issues were in the status, added up."
    type: sum
    value_format_name: decimal_0
    sql: ${TABLE}.hours / 24.0 ;;
  }

  measure: median_days {
    label: "Median days in the status"
    description: "Days by the clock of one stay; half were longer."
    type: median
    value_format_name: decimal_1
    sql: ${TABLE}.hours / 24.0 ;;
  }
}
