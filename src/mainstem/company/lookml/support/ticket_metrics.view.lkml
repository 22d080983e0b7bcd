view: ticket_metrics {
  label: "Support times"
  sql_table_name: lake.analytics.fct_ticket_metric ;;

  dimension: ticket_id {
    primary_key: yes
    hidden: yes
    description: "The ticket."
    type: string
    sql: ${TABLE}.ticket_id ;;
  }

  dimension: subject {
    label: "Subject"
    description: "Its subject."
    type: string
    sql: ${TABLE}.subject ;;
  }

  dimension: priority {
    label: "Priority"
    description: "Its priority today."
    type: string
    sql: ${TABLE}.priority ;;
  }

  dimension: ticket_type {
    label: "Type"
    description: "question, incident, problem or task."
    type: string
    sql: ${TABLE}.ticket_type ;;
  }

  dimension: created_channel {
    label: "Channel"
    description: "How it came."
    type: string
    sql: ${TABLE}.created_channel ;;
  }

  dimension: assignee_name {
    label: "Agent"
    description: "Who has it."
    type: string
    sql: ${TABLE}.assignee_name ;;
  }

  dimension: group_name {
    label: "Team"
    description: "The team that has it."
    type: string
    sql: ${TABLE}.group_name ;;
  }

  dimension: count_reopens {
    label: "Times it came back"
    description: "How often it was opened again after it was solved."
    type: number
    sql: ${TABLE}.count_reopens ;;
  }

  dimension: is_one_touch {
    label: "Solved by one answer"
    description: "Whether one public answer solved it."
    type: yesno
    sql: ${TABLE}.is_one_touch_resolution ;;
  }

  dimension: first_reply_office_hours {
    label: "Office hours to first reply"
    description: "Hours in which the office was open until the first answer."
    type: number
    sql: ${TABLE}.first_reply_time_business_minutes / 60.0 ;;
  }

  dimension: solve_office_hours {
    label: "Office hours to solve"
    description: "Hours in which the office was open until it was solved for good."
    type: number
    sql: ${TABLE}.full_resolution_business_minutes / 60.0 ;;
  }

  measure: median_office_hours_to_first_reply {
    label: "Median office hours to first reply"
    description: "Hours in which the office of the ticket was open; half took longer."
    type: median
    value_format_name: decimal_1
    sql: ${TABLE}.first_reply_time_business_minutes / 60.0 ;;
  }

  measure: p90_office_hours_to_first_reply {
    label: "Nine of ten answered within"
    description: "Office hours within which nine of ten tickets had their first reply."
    type: percentile
    percentile: 90
    value_format_name: decimal_1
    sql: ${TABLE}.first_reply_time_business_minutes / 60.0 ;;
  }

  measure: median_office_hours_to_solve {
    label: "Median office hours to solve"
    description: "Hours in which the office was open until it was solved for good; half took longer."
    type: median
    value_format_name: decimal_1
    sql: ${TABLE}.full_resolution_business_minutes / 60.0 ;;
  }

  measure: average_requester_wait {
    label: "Hours that customers wait"
    description: "Average office hours of a ticket in new, open and hold."
    type: average
    value_format_name: decimal_1
    sql: ${TABLE}.requester_wait_time_in_business_minutes / 60.0 ;;
  }

  measure: average_agent_wait {
    label: "Hours that agents wait"
    description: "Average office hours of a ticket in pending, in which the customer is asked."
    type: average
    value_format_name: decimal_1
    sql: ${TABLE}.agent_wait_time_in_business_minutes / 60.0 ;;
  }

  measure: tickets_counted {
    hidden: yes
    description: "Tickets."
    type: count
  }

  measure: reopened_tickets {
    label: "Tickets that came back"
    description: "Tickets opened again after they were solved."
    type: count
    filters: [count_reopens: ">0"]
  }

  measure: reopen_share {
    label: "Came back"
    description: "Tickets opened again after they were solved, of all."
    type: number
    value_format_name: percent_0
    sql: 1.0 * ${reopened_tickets} / NULLIF(${tickets_counted}, 0) ;;
  }

  measure: one_touch_tickets {
    label: "Tickets solved by one answer"
    description: "Tickets that one public answer solved."
    type: count
    filters: [is_one_touch: "yes"]
  }
}
