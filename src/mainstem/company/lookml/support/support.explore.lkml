include: "*.view.lkml"

explore: ticket_slas {
  label: "Support targets"
  group_label: "Support"
  description: "What was promised for each ticket, and whether it was met, by the clock or in office hours."

  join: tickets {
    type: left_outer
    relationship: many_to_one
    sql_on: ${ticket_slas.ticket_id} = ${tickets.ticket_id} ;;
  }

  join: accounts {
    type: left_outer
    relationship: many_to_one
    sql_on: ${ticket_slas.account_id} = ${accounts.account_id} ;;
  }
}

explore: ticket_backlog {
  label: "Support backlog"
  group_label: "Support"
  description: "Tickets that were not solved when each day ended, by status, priority and team."
}
