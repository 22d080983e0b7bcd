- dashboard: support
  title: Support
  description: What customers ask, how soon they are answered, and what they say of it.
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: period
    title: Period
    type: field_filter
    model: company
    explore: tickets
    field: tickets.created_date
    default_value: "12 months"
  - name: account
    title: Account
    type: field_filter
    model: company
    explore: tickets
    field: accounts.account_name
    default_value: ""
  - name: team
    title: Team
    type: field_filter
    model: company
    explore: tickets
    field: ticket_metrics.group_name
    default_value: ""
  elements:
  - name: tickets
    title: Tickets
    model: company
    explore: tickets
    type: single_value
    fields: [tickets.tickets]
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 0
    col: 0
    width: 4
    height: 4
  - name: open
    title: Open tickets
    model: company
    explore: tickets
    type: single_value
    fields: [tickets.open_tickets]
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 0
    col: 4
    width: 4
    height: 4
  - name: first_reply
    title: First reply
    model: company
    explore: tickets
    type: single_value
    fields: [ticket_metrics.median_office_hours_to_first_reply]
    note_text: Nights, weekends and holidays of the ticket's office are left out.
    note_state: collapsed
    note_display: hover
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 0
    col: 8
    width: 4
    height: 4
  - name: met
    title: Targets met
    model: company
    explore: ticket_slas
    type: single_value
    fields: [ticket_slas.met_share]
    note_text: Of those that are decided; a target that is still open counts on neither side.
    note_state: collapsed
    note_display: hover
    listen:
      period: ticket_slas.applied_date
      account: accounts.account_name
      team: ticket_slas.group_name
    row: 0
    col: 12
    width: 4
    height: 4
  - name: back
    title: Came back
    model: company
    explore: tickets
    type: single_value
    fields: [ticket_metrics.reopen_share]
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 0
    col: 16
    width: 4
    height: 4
  - name: satisfied
    title: Satisfied
    model: company
    explore: tickets
    type: single_value
    fields: [tickets.satisfaction]
    note_text: Good answers, of all answers; most customers give none.
    note_state: collapsed
    note_display: hover
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 0
    col: 20
    width: 4
    height: 4
  - name: by_month
    title: Tickets by month
    model: company
    explore: tickets
    type: looker_column
    fields: [tickets.created_month, tickets.tickets, tickets.open_tickets]
    sorts: [tickets.created_month]
    limit: 500
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 4
    col: 0
    width: 12
    height: 8
  - name: backlog
    title: What is not solved
    model: company
    explore: ticket_backlog
    type: looker_column
    fields: [ticket_backlog.backlog_week, ticket_backlog.status, ticket_backlog.tickets]
    pivots: [ticket_backlog.status]
    sorts: [ticket_backlog.backlog_week]
    limit: 500
    stacking: normal
    note_text: Average of the evenings of a week on which there were any.
    note_state: collapsed
    note_display: hover
    listen:
      period: ticket_backlog.backlog_date
      team: ticket_backlog.group_name
    row: 4
    col: 12
    width: 12
    height: 8
  - name: how_soon
    title: How soon customers are answered
    model: company
    explore: tickets
    type: looker_line
    fields: [tickets.created_month, ticket_metrics.median_office_hours_to_first_reply, ticket_metrics.p90_office_hours_to_first_reply, ticket_metrics.median_office_hours_to_solve]
    sorts: [tickets.created_month]
    limit: 500
    note_text: In office hours.
    note_state: collapsed
    note_display: hover
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 12
    col: 0
    width: 12
    height: 8
  - name: targets
    title: Targets met by policy
    model: company
    explore: ticket_slas
    type: looker_line
    fields: [ticket_slas.applied_month, ticket_slas.sla_policy_name, ticket_slas.met_share]
    pivots: [ticket_slas.sla_policy_name]
    sorts: [ticket_slas.applied_month]
    limit: 500
    listen:
      period: ticket_slas.applied_date
      account: accounts.account_name
      team: ticket_slas.group_name
    row: 12
    col: 12
    width: 12
    height: 8
  - name: waits
    title: Who waits for whom
    model: company
    explore: tickets
    type: looker_column
    fields: [tickets.created_month, ticket_metrics.average_requester_wait, ticket_metrics.average_agent_wait]
    sorts: [tickets.created_month]
    limit: 500
    stacking: normal
    note_text: Average office hours of a ticket.
    note_state: collapsed
    note_display: hover
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 20
    col: 0
    width: 12
    height: 8
  - name: csat
    title: What customers say of it
    model: company
    explore: tickets
    type: looker_line
    fields: [tickets.created_month, tickets.satisfaction, tickets.answered_share]
    sorts: [tickets.created_month]
    limit: 500
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 20
    col: 12
    width: 12
    height: 8
  - name: by_team
    title: By team
    model: company
    explore: tickets
    type: looker_grid
    fields: [ticket_metrics.group_name, tickets.tickets, tickets.open_tickets, ticket_metrics.median_office_hours_to_first_reply, ticket_metrics.median_office_hours_to_solve, ticket_metrics.reopen_share, tickets.satisfaction]
    sorts: [tickets.tickets desc]
    limit: 50
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 28
    col: 0
    width: 12
    height: 8
  - name: late
    title: Targets missed by the most
    model: company
    explore: ticket_slas
    type: looker_grid
    fields: [ticket_slas.ticket_id, accounts.account_name, ticket_slas.sla_policy_name, ticket_slas.applied_date, ticket_slas.target_hours, ticket_slas.elapsed_hours]
    filters:
      ticket_slas.is_missed: "yes"
    sorts: [ticket_slas.elapsed_hours desc]
    limit: 25
    listen:
      period: ticket_slas.applied_date
      account: accounts.account_name
      team: ticket_slas.group_name
    row: 28
    col: 12
    width: 12
    height: 8
  - name: most
    title: Who asks most
    model: company
    explore: tickets
    type: looker_grid
    fields: [accounts.account_name, accounts.plan, tickets.tickets, tickets.open_tickets, ticket_metrics.median_office_hours_to_first_reply, tickets.bad]
    sorts: [tickets.tickets desc]
    limit: 25
    listen:
      period: tickets.created_date
      account: accounts.account_name
      team: ticket_metrics.group_name
    row: 36
    col: 0
    width: 24
    height: 8
