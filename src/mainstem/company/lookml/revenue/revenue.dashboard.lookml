- dashboard: revenue
  title: Revenue
  description: "What customers pay a year, what moved it, and what comes up."
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: period
    title: Period
    type: field_filter
    model: company
    explore: arr_days
    field: arr_days.arr_date
    default_value: "3 years"
  elements:
  - name: arr_today
    title: ARR today
    model: company
    explore: accounts
    type: single_value
    fields: [accounts.total_arr]
    row: 0
    col: 0
    width: 6
    height: 4
  - name: customers
    title: Customers
    model: company
    explore: accounts
    type: single_value
    fields: [accounts.customers]
    row: 0
    col: 6
    width: 6
    height: 4
  - name: to_renew
    title: To renew in 90 days
    model: company
    explore: renewals
    type: single_value
    fields: [renewals.available]
    filters:
      renewals.renewal_status: "open,overdue"
      renewals.term_end_date: "before 90 days from now"
    note_text: What is overdue is in it; blank when no term ends in that time.
    note_state: collapsed
    note_display: hover
    row: 0
    col: 12
    width: 6
    height: 4
  - name: renewal_rate
    title: Renewed, of what was decided
    model: company
    explore: renewals
    type: single_value
    fields: [renewals.renewal_rate]
    listen:
      period: renewals.term_end_date
    row: 0
    col: 18
    width: 6
    height: 4
  - name: arr_by_day
    title: ARR by day
    model: company
    explore: arr_days
    type: looker_area
    fields: [arr_days.arr_date, arr_days.arr]
    sorts: [arr_days.arr_date]
    limit: 5000
    listen:
      period: arr_days.arr_date
    row: 4
    col: 0
    width: 12
    height: 8
  - name: arr_moves
    title: What moved ARR
    model: company
    explore: revenue_months
    type: looker_column
    fields: [revenue_months.revenue_month, revenue_months.new_arr, revenue_months.expansion, revenue_months.came_back, revenue_months.contraction, revenue_months.churn]
    sorts: [revenue_months.revenue_month]
    limit: 500
    stacking: normal
    note_text: Above the line is won, below it is lost; together they are the change of ARR.
    note_state: collapsed
    note_display: hover
    listen:
      period: revenue_months.revenue_date
    row: 4
    col: 12
    width: 12
    height: 8
  - name: retention
    title: Do customers stay and grow?
    model: company
    explore: revenue_months
    type: looker_line
    fields: [revenue_months.revenue_month, revenue_months.net_revenue_retention, revenue_months.gross_revenue_retention]
    sorts: [revenue_months.revenue_month]
    limit: 500
    note_text: What the customers of a year earlier pay now, of what they paid then; gross leaves growth out.
    note_state: collapsed
    note_display: hover
    listen:
      period: revenue_months.revenue_date
    row: 12
    col: 0
    width: 12
    height: 8
  - name: customers_moves
    title: Customers won and left
    model: company
    explore: revenue_months
    type: looker_column
    fields: [revenue_months.revenue_month, revenue_months.new_customers, revenue_months.customers_back, revenue_months.customers_left]
    sorts: [revenue_months.revenue_month]
    limit: 500
    listen:
      period: revenue_months.revenue_date
    row: 12
    col: 12
    width: 12
    height: 8
  - name: renewals
    title: Renewals by quarter
    model: company
    explore: renewals
    type: looker_column
    fields: [renewals.term_end_quarter, renewals.renewal_status, renewals.available]
    pivots: [renewals.renewal_status]
    filters:
      renewals.term_end_date: "3 years ago for 5 years"
    sorts: [renewals.term_end_quarter]
    limit: 500
    stacking: normal
    row: 20
    col: 0
    width: 12
    height: 8
  - name: targets
    title: Target and actual
    model: company
    explore: arr_targets
    type: looker_column
    fields: [arr_targets.fiscal_quarter_name, arr_targets.target, arr_targets.actual]
    sorts: [arr_targets.fiscal_quarter_name]
    limit: 500
    listen:
      period: arr_targets.target_end_date
    row: 20
    col: 12
    width: 12
    height: 8
  - name: bookings
    title: Bookings beside new ARR
    model: company
    explore: bookings_bridge
    type: looker_column
    fields: [bookings_bridge.bridge_month, bookings_bridge.bookings, bookings_bridge.arr_signed, bookings_bridge.arr_change]
    sorts: [bookings_bridge.bridge_month]
    limit: 500
    listen:
      period: bookings_bridge.bridge_month
    row: 28
    col: 0
    width: 24
    height: 8
  - name: bridge
    title: From bookings to the change of ARR
    model: company
    explore: bookings_bridge
    type: looker_grid
    fields: [bookings_bridge.bridge_month, bookings_bridge.bookings, bookings_bridge.one_offs, bookings_bridge.later_years, bookings_bridge.part_years, bookings_bridge.starts_later, bookings_bridge.signed_elsewhere, bookings_bridge.terms_ended, bookings_bridge.arr_change]
    sorts: [bookings_bridge.bridge_month desc]
    limit: 60
    listen:
      period: bookings_bridge.bridge_month
    row: 36
    col: 0
    width: 24
    height: 8
  - name: changes
    title: Latest changes
    model: company
    explore: arr_movements
    type: looker_grid
    fields: [arr_movements.moved_date, accounts.account_name, accounts.owner_name, arr_movements.movement_type, arr_movements.change, arr_movements.arr_after]
    sorts: [arr_movements.moved_date desc]
    limit: 50
    listen:
      period: arr_movements.moved_date
    row: 44
    col: 0
    width: 16
    height: 8
  - name: to_mend
    title: To mend in the CRM
    model: company
    explore: crm_findings
    type: looker_grid
    fields: [crm_findings.rule_name, crm_findings.effect, crm_findings.findings]
    sorts: [crm_findings.findings desc]
    limit: 50
    row: 44
    col: 16
    width: 8
    height: 8
