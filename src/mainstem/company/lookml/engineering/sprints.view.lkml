view: sprints {
  label: "Sprints"
  sql_table_name: lake.analytics.fct_sprint ;;

  dimension: sprint_id {
    primary_key: yes
    hidden: yes
    description: "The tracker's id."
    type: string
    sql: ${TABLE}.sprint_id ;;
  }

  dimension: sprint_name {
    label: "Sprint"
    description: "Its name."
    type: string
    sql: ${TABLE}.sprint_name ;;
    order_by_field: starts_date
  }

  dimension: project_key {
    label: "Team"
    description: "Whose it is."
    type: string
    sql: ${TABLE}.project_key ;;
  }

  dimension_group: starts {
    label: "Begins"
    description: "Day it begins."
    type: time
    timeframes: [date, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.starts_on ;;
  }

  dimension: is_over {
    label: "Is over"
    description: "Whether it has ended."
    type: yesno
    sql: ${TABLE}.is_over ;;
  }

  measure: sprints {
    description: "Sprints."
    type: count
  }

  measure: committed_issues {
    label: "Issues promised"
    description: "Issues that were in it when it began."
    type: sum
    sql: ${TABLE}.committed_issues ;;
  }

  measure: added_issues {
    label: "Issues that came on top"
    description: "Issues that came while it ran."
    type: sum
    sql: ${TABLE}.added_issues ;;
  }

  measure: completed_issues {
    label: "Issues done in time"
    description: "Of both, done for good before it ended."
    type: sum
    sql: ${TABLE}.completed_issues ;;
  }

  measure: completed_committed_issues {
    label: "Promised and done in time"
    description: "Of those promised, done for good before it ended."
    type: sum
    sql: ${TABLE}.completed_committed_issues ;;
  }

  measure: kept_share {
    label: "Promises kept"
    description: "Promised and done in time, of all promised."
    type: number
    value_format_name: percent_0
    sql: 1.0 * ${completed_committed_issues} / NULLIF(${committed_issues}, 0) ;;
  }

  measure: completed_points {
    label: "Story points done in time"
    description: "Estimates of issues done before it ended."
    type: sum
    sql: ${TABLE}.completed_points ;;
  }
}
