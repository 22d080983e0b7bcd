view: issues {
  label: "Issues"
  sql_table_name: lake.analytics.fct_issue ;;

  dimension: issue_id {
    primary_key: yes
    hidden: yes
    description: "The tracker's id."
    type: string
    sql: ${TABLE}.issue_id ;;
  }

  dimension: issue_key {
    label: "Issue"
    description: "What people call it; it changes when the issue is moved."
    type: string
    sql: ${TABLE}.issue_key ;;
  }

  dimension: sprint_id {
    hidden: yes
    description: "The sprint it is in."
    type: string
    sql: ${TABLE}.sprint_id ;;
  }

  dimension: project_key {
    label: "Team"
    description: "The project it belongs to today."
    type: string
    sql: ${TABLE}.project_key ;;
  }

  dimension: first_project_key {
    label: "First team"
    description: "The project it was written in."
    type: string
    sql: ${TABLE}.first_project_key ;;
  }

  dimension: issue_type {
    label: "Type"
    description: "story, bug, task and so on."
    type: string
    sql: ${TABLE}.issue_type ;;
  }

  dimension: story_points {
    description: "Its estimate; blank where there is none."
    type: number
    sql: ${TABLE}.story_points ;;
  }

  dimension: status {
    description: "As it is today."
    type: string
    sql: ${TABLE}.status ;;
  }

  dimension: status_category {
    label: "Stage"
    description: "Waits, under way or done."
    type: string
    case: {
      when: {
        sql: ${TABLE}.status_category = 'to_do' ;;
        label: "Waits"
      }
      when: {
        sql: ${TABLE}.status_category = 'in_progress' ;;
        label: "Under way"
      }
      when: {
        sql: ${TABLE}.status_category = 'done' ;;
        label: "Done"
      }
    }
  }

  dimension: is_done {
    label: "Is done"
    description: "Whether it is done."
    type: yesno
    sql: ${TABLE}.is_done ;;
  }

  dimension: was_added {
    label: "Came during its sprint"
    description: "Whether it came into its sprint when that had begun."
    type: yesno
    sql: ${TABLE}.is_added_after_start ;;
  }

  dimension_group: created {
    label: "Written"
    description: "Day it was written."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.created_date ;;
  }

  dimension_group: done {
    label: "Done"
    description: "Day it was done for good; blank while it is not."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.done_date ;;
  }

  dimension_group: in_status_since {
    label: "In this status since"
    description: "When it came into the status it is in."
    type: time
    timeframes: [date, week, month]
    sql: ${TABLE}.in_status_since ;;
  }

  dimension: days_in_status {
    label: "Days in this status"
    description: "Days by the clock that it has been in the status it is in."
    type: number
    value_format_name: decimal_1
    sql: ${TABLE}.in_status_hours / 24.0 ;;
  }

  dimension: cycle_days {
    label: "Days of work"
    description: "Days by the clock from the first work on it to done."
    type: number
    value_format_name: decimal_1
    sql: ${TABLE}.cycle_time_hours / 24.0 ;;
  }

  dimension: reopens {
    label: "Times it came back"
    description: "How often it left done."
    type: number
    sql: ${TABLE}.reopens ;;
  }

  measure: issues {
    description: "Issues."
    type: count
    drill_fields: [issue_key, project_key, issue_type, status, created_date, done_date, cycle_days, reopens]
  }

  measure: done_issues {
    label: "Issues done"
    description: "Issues that are done."
    type: count
    filters: [is_done: "yes"]
    drill_fields: [issue_key, project_key, issue_type, created_date, done_date, cycle_days, reopens]
  }

  measure: reopened_issues {
    label: "Issues that came back"
    description: "Issues that left done at least once."
    type: count
    filters: [reopens: ">0"]
    drill_fields: [issue_key, project_key, issue_type, created_date, done_date, reopens]
  }

  measure: ever_done_issues {
    hidden: yes
    description: "Issues that are done or came back from it."
    type: sum
    sql: CASE WHEN ${TABLE}.first_done_at IS NOT NULL THEN 1 ELSE 0 END ;;
  }

  measure: reopen_rate {
    label: "Came back"
    description: "Issues that left done at least once, of all that ever were."
    type: number
    value_format_name: percent_1
    sql: 1.0 * ${reopened_issues} / NULLIF(${ever_done_issues}, 0) ;;
  }

  measure: median_lead_days {
    label: "Median days from idea to done"
    description: "Lead time: days by the clock from writing to done; half took longer."
    type: median
    value_format_name: decimal_1
    sql: ${TABLE}.lead_time_hours / 24.0 ;;
  }

  measure: median_cycle_days {
    label: "Median days of work"
    description: "Cycle time: days by the clock from the first work to done; half took longer."
    type: median
    value_format_name: decimal_1
    sql: ${TABLE}.cycle_time_hours / 24.0 ;;
  }

  measure: p85_cycle_days {
    label: "Days of work, 85 of 100"
    description: "Cycle time that 85 of 100 issues did not exceed: what may be promised."
    type: percentile
    percentile: 85
    value_format_name: decimal_1
    sql: ${TABLE}.cycle_time_hours / 24.0 ;;
  }

  measure: average_flow_efficiency {
    label: "Share of time worked on"
    description: "Flow efficiency: of the time from the first work to done, the share in which somebody worked; the rest it waited."
    type: average
    value_format_name: percent_0
    sql: ${TABLE}.flow_efficiency ;;
  }

  measure: done_points {
    label: "Story points done"
    description: "Estimates of issues that are done."
    type: sum
    sql: CASE WHEN ${TABLE}.is_done THEN ${TABLE}.story_points END ;;
  }
}
