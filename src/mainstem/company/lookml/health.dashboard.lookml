- dashboard: health
  title: Health of the business
  description: What customers pay and say, who visits the website, and which self-hosted servers are alive.
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: period
    title: Period
    type: field_filter
    model: company
    explore: site_visitors
    field: site_visitors.visit_date
    default_value: 30 days
  - name: version
    title: Server version
    type: field_filter
    model: company
    explore: server_activity
    field: server_activity.version
    default_value: ""
  elements:
  - name: arr
    title: ARR
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
  - name: satisfied
    title: Satisfied, 12 months
    model: company
    explore: tickets
    type: single_value
    fields: [tickets.satisfaction]
    filters:
      tickets.created_date: "12 months"
    row: 0
    col: 12
    width: 6
    height: 4
  - name: first_reply
    title: First reply, 12 months
    model: company
    explore: tickets
    type: single_value
    fields: [tickets.median_hours_to_first_reply]
    filters:
      tickets.created_date: "12 months"
    row: 0
    col: 18
    width: 6
    height: 4
  - name: page_views
    title: Page views
    model: company
    explore: site_visitors
    type: single_value
    fields: [site_visitors.page_views]
    listen:
      period: site_visitors.visit_date
    row: 4
    col: 0
    width: 6
    height: 4
  - name: site_visitors
    title: Site visitors
    model: company
    explore: site_visitors
    type: single_value
    fields: [site_visitors.visitors]
    listen:
      period: site_visitors.visit_date
    row: 4
    col: 6
    width: 6
    height: 4
  - name: downloads
    title: Downloads
    model: company
    explore: site_visitors
    type: single_value
    fields: [site_visitors.downloads]
    listen:
      period: site_visitors.visit_date
    row: 4
    col: 12
    width: 6
    height: 4
  - name: active_servers
    title: Active servers
    model: company
    explore: server_activity
    type: single_value
    fields: [server_activity.active_servers]
    listen:
      period: server_activity.activity_date
      version: server_activity.version
    note_text: Reported in the period; test servers and the like do not count.
    note_state: collapsed
    note_display: hover
    row: 4
    col: 18
    width: 6
    height: 4
  - name: daily_site_visitors
    title: Daily site visitors
    model: company
    explore: site_visitors
    type: looker_column
    fields: [site_visitors.visit_date, site_visitors.visitors]
    sorts: [site_visitors.visit_date]
    limit: 500
    listen:
      period: site_visitors.visit_date
    row: 8
    col: 0
    width: 12
    height: 8
  - name: active_servers_by_major_version
    title: Active servers by major version
    model: company
    explore: server_activity
    type: looker_line
    fields: [server_activity.activity_date, server_activity.major_release, server_activity.active_servers]
    pivots: [server_activity.major_release]
    sorts: [server_activity.activity_date]
    limit: 500
    listen:
      period: server_activity.activity_date
      version: server_activity.version
    note_text: The last day is not over, so its point still rises.
    note_state: collapsed
    note_display: hover
    row: 8
    col: 12
    width: 12
    height: 8
  - name: arr_by_day
    title: ARR by day
    model: company
    explore: arr_days
    type: looker_area
    fields: [arr_days.arr_date, arr_days.arr]
    sorts: [arr_days.arr_date]
    limit: 500
    listen:
      period: arr_days.arr_date
    row: 16
    col: 0
    width: 12
    height: 8
  - name: arr_moves
    title: What moved ARR, by month
    model: company
    explore: revenue_months
    type: looker_column
    fields: [revenue_months.revenue_month, revenue_months.new_arr, revenue_months.expansion, revenue_months.came_back, revenue_months.contraction, revenue_months.churn]
    filters:
      revenue_months.revenue_date: "12 months"
    sorts: [revenue_months.revenue_month]
    limit: 500
    stacking: normal
    row: 16
    col: 12
    width: 12
    height: 8
  - name: support_feedback
    title: What customers say of support
    model: company
    explore: tickets
    type: looker_column
    fields: [tickets.created_month, tickets.good, tickets.bad]
    filters:
      tickets.created_date: "12 months"
    sorts: [tickets.created_month]
    limit: 500
    stacking: normal
    row: 24
    col: 0
    width: 12
    height: 8
  - name: tickets
    title: Questions to support
    model: company
    explore: tickets
    type: looker_line
    fields: [tickets.created_month, tickets.tickets, tickets.open_tickets]
    filters:
      tickets.created_date: "12 months"
    sorts: [tickets.created_month]
    limit: 500
    row: 24
    col: 12
    width: 12
    height: 8
