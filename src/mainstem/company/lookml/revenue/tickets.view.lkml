view: tickets {
  label: "Support"
  sql_table_name: lake.analytics.fct_ticket ;;

  dimension: ticket_id {
    primary_key: yes
    label: "Ticket ID"
    description: "The ticket's id."
    type: string
    sql: ${TABLE}.ticket_id ;;
  }

  dimension: account_id {
    hidden: yes
    description: "The account."
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: status {
    description: "new, open, pending, hold, solved or closed."
    type: string
    sql: ${TABLE}.status ;;
  }

  dimension: sla_policy {
    label: "SLA policy"
    description: "What was promised."
    type: string
    sql: ${TABLE}.sla_policy ;;
  }

  dimension_group: created {
    label: "Asked"
    description: "Day it was asked."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.created_date ;;
  }

  dimension: is_solved {
    label: "Is solved"
    description: "Solved or closed."
    type: yesno
    sql: ${TABLE}.is_solved ;;
  }

  dimension: satisfaction_score {
    label: "How it was"
    description: "good or bad; blank when not answered."
    type: string
    sql: ${TABLE}.satisfaction_score ;;
  }

  measure: tickets {
    description: "Tickets."
    type: count
  }

  measure: open_tickets {
    label: "Open tickets"
    description: "Tickets not solved."
    type: count
    filters: [is_solved: "no"]
  }

  measure: good {
    label: "Good answers"
    description: "Tickets with the answer good."
    type: count
    filters: [satisfaction_score: "good"]
  }

  measure: bad {
    label: "Bad answers"
    description: "Tickets with the answer bad."
    type: count
    filters: [satisfaction_score: "bad"]
  }

  measure: satisfaction {
    label: "Satisfied customers"
    description: "Good answers, of all answers (CSAT)."
    type: number
    value_format_name: percent_0
    sql: 1.0 * ${good} / NULLIF(${good} + ${bad}, 0) ;;
  }

  measure: answered_share {
    label: "Answered"
    description: "Tickets of which somebody said how it was."
    type: number
    value_format_name: percent_0
    sql: 1.0 * (${good} + ${bad}) / NULLIF(${tickets}, 0) ;;
  }

  measure: median_hours_to_first_reply {
    label: "Median hours to first reply"
    description: "Hours by the clock from question to first reply; half took longer."
    type: median
    value_format_name: decimal_1
    sql: ${TABLE}.first_reply_time_calendar_minutes / 60.0 ;;
  }

  measure: median_hours_to_solve {
    label: "Median hours to solve"
    description: "Hours by the clock from question to solution; half took longer."
    type: median
    value_format_name: decimal_1
    sql: ${TABLE}.full_resolution_calendar_minutes / 60.0 ;;
  }
}
