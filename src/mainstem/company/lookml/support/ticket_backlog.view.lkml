view: ticket_backlog {
  label: "Support backlog"
  sql_table_name: lake.analytics.fct_ticket_backlog_day ;;

  dimension: ticket_backlog_id {
    primary_key: yes
    hidden: yes
    description: "Day, status, priority and team."
    type: string
    sql: ${TABLE}.ticket_backlog_id ;;
  }

  dimension_group: backlog {
    label: "Day"
    description: "The day that ended, in UTC."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.date_day ;;
  }

  dimension: status {
    label: "Status"
    description: "What the tickets were then."
    type: string
    sql: ${TABLE}.status ;;
  }

  dimension: priority {
    label: "Priority"
    description: "Their priority today."
    type: string
    sql: ${TABLE}.priority ;;
  }

  dimension: group_name {
    label: "Team"
    description: "The team that has them."
    type: string
    sql: ${TABLE}.group_name ;;
  }

  measure: tickets {
    label: "Tickets not solved"
    description: "Tickets not solved when the day ended; of several days, the average of those on which there were any."
    type: number
    value_format_name: decimal_0
    sql: 1.0 * SUM(${TABLE}.tickets) / NULLIF(COUNT(DISTINCT ${TABLE}.date_day), 0) ;;
  }
}
