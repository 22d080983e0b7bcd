view: ticket_slas {
  label: "Support targets"
  sql_table_name: lake.analytics.fct_ticket_sla ;;

  dimension: sla_event_id {
    primary_key: yes
    hidden: yes
    description: "Ticket, metric and moment."
    type: string
    sql: ${TABLE}.sla_event_id ;;
  }

  dimension: ticket_id {
    label: "Ticket ID"
    description: "The ticket."
    type: string
    sql: ${TABLE}.ticket_id ;;
  }

  dimension: account_id {
    hidden: yes
    description: "The account."
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: sla_policy_name {
    label: "Policy"
    description: "What was promised."
    type: string
    sql: ${TABLE}.sla_policy_name ;;
  }

  dimension: metric {
    label: "Metric"
    description: "first_reply_time, next_reply_time, agent_work_time or requester_wait_time."
    type: string
    sql: ${TABLE}.metric ;;
  }

  dimension: priority_applied {
    label: "Priority"
    description: "Priority of the ticket."
    type: string
    sql: ${TABLE}.priority_applied ;;
  }

  dimension: group_name {
    label: "Team"
    description: "The team that has it."
    type: string
    sql: ${TABLE}.group_name ;;
  }

  dimension: in_business_hours {
    label: "In office hours"
    description: "Whether minutes are those of office hours."
    type: yesno
    sql: ${TABLE}.in_business_hours ;;
  }

  dimension: is_missed {
    label: "Is missed"
    description: "Whether it took longer than was promised; no while that is open."
    type: yesno
    sql: ${TABLE}.is_sla_breach ;;
  }

  dimension: is_active {
    label: "Is open"
    description: "Whether it is neither met nor missed yet."
    type: yesno
    sql: ${TABLE}.is_active_sla ;;
  }

  dimension: target_hours {
    label: "Hours promised"
    description: "Hours that were promised."
    type: number
    value_format_name: decimal_1
    sql: ${TABLE}.target / 60.0 ;;
  }

  dimension: elapsed_hours {
    label: "Hours it took"
    description: "Hours that it took, or has taken so far."
    type: number
    value_format_name: decimal_1
    sql: ${TABLE}.sla_elapsed_time / 60.0 ;;
  }

  dimension_group: applied {
    label: "Applied"
    description: "Day from which on it counts."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.sla_applied_date ;;
  }

  measure: targets {
    label: "Targets"
    description: "Targets that were applied to tickets."
    type: count
    drill_fields: [ticket_id, sla_policy_name, metric, applied_date, target_hours, elapsed_hours, is_missed]
  }

  measure: missed {
    label: "Targets missed"
    description: "Targets that took longer than was promised."
    type: count
    filters: [is_missed: "yes"]
    drill_fields: [ticket_id, sla_policy_name, metric, applied_date, target_hours, elapsed_hours]
  }

  measure: open_targets {
    label: "Targets open"
    description: "Targets neither met nor missed yet."
    type: count
    filters: [is_active: "yes"]
  }

  measure: met_share {
    label: "Targets met"
    description: "Targets that were met, of those that are decided."
    type: number
    value_format_name: percent_0
    sql: 1.0 * (${targets} - ${open_targets} - ${missed}) / NULLIF(${targets} - ${open_targets}, 0) ;;
  }
}
