include: "*.view.lkml"

explore: accounts {
  label: "Accounts"
  group_label: "Revenue and accounts"
  description: "One row an account: what it pays, uses and asks, when that was true, and what changed."

  join: arr_movements {
    type: left_outer
    relationship: one_to_many
    sql_on: ${accounts.account_id} = ${arr_movements.account_id} ;;
  }

  join: renewals {
    type: left_outer
    relationship: one_to_many
    sql_on: ${accounts.account_id} = ${renewals.account_id} ;;
  }

  join: line_items {
    type: left_outer
    relationship: one_to_many
    sql_on: ${accounts.account_id} = ${line_items.account_id} ;;
  }

  join: tickets {
    type: left_outer
    relationship: one_to_many
    sql_on: ${accounts.account_id} = ${tickets.account_id} ;;
  }

  join: crm_findings {
    type: left_outer
    relationship: one_to_many
    sql_on: ${accounts.account_id} = ${crm_findings.account_id} ;;
  }
}

explore: arr_days {
  label: "ARR by day"
  group_label: "Revenue and accounts"
  description: "Annual recurring revenue at the end of each day, and what moved it."
}

explore: revenue_months {
  label: "Revenue by month"
  group_label: "Revenue and accounts"
  description: "ARR from start to end of each month, retention, bookings and costs of campaigns."
}

explore: revenue_quarters {
  label: "Revenue by fiscal quarter"
  group_label: "Revenue and accounts"
  description: "The same by fiscal quarter, with the target."
}

explore: arr_targets {
  label: "Targets"
  group_label: "Revenue and accounts"
  description: "What each fiscal quarter is to bring, beside what it brought."
}

explore: bookings_bridge {
  label: "Bookings to ARR"
  group_label: "Revenue and accounts"
  description: "From what was signed to how ARR changed, step by step."
}

explore: arr_movements {
  label: "Changes of ARR"
  group_label: "Revenue and accounts"
  description: "Who is new, pays more or less, left or came back."

  join: accounts {
    type: left_outer
    relationship: many_to_one
    sql_on: ${arr_movements.account_id} = ${accounts.account_id} ;;
  }
}

explore: renewals {
  label: "Renewals"
  group_label: "Revenue and accounts"
  description: "Terms that end, and what was signed again."

  join: accounts {
    type: left_outer
    relationship: many_to_one
    sql_on: ${renewals.account_id} = ${accounts.account_id} ;;
  }
}

explore: bookings {
  label: "Bookings"
  group_label: "Revenue and accounts"
  description: "What was signed, deal by deal."

  join: accounts {
    type: left_outer
    relationship: many_to_one
    sql_on: ${bookings.account_id} = ${accounts.account_id} ;;
  }
}

explore: tickets {
  label: "Support"
  group_label: "Support"
  description: "Support tickets, how fast they were answered, by the clock and in office hours, and how it was."

  join: ticket_metrics {
    type: left_outer
    relationship: one_to_one
    sql_on: ${tickets.ticket_id} = ${ticket_metrics.ticket_id} ;;
  }

  join: accounts {
    type: left_outer
    relationship: many_to_one
    sql_on: ${tickets.account_id} = ${accounts.account_id} ;;
  }
}

explore: crm_findings {
  label: "CRM to mend"
  group_label: "Revenue and accounts"
  description: "What is wrong in the CRM, row by row."

  join: accounts {
    type: left_outer
    relationship: many_to_one
    sql_on: ${crm_findings.account_id} = ${accounts.account_id} ;;
  }
}
