- dashboard: health
  title: Health of the business
  description: Who visits the website, and which self-hosted servers are alive.
  layout: newspaper
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
  - name: page_views
    title: Page views
    model: company
    explore: site_visitors
    type: single_value
    fields: [site_visitors.page_views]
    listen:
      period: site_visitors.visit_date
    row: 0
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
    row: 0
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
    row: 0
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
    row: 0
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
    row: 4
    col: 0
    width: 12
    height: 8
  - name: active_servers_by_major_version
    title: Active servers by major version
    model: company
    explore: server_activity
    type: looker_line
    fields: [server_activity.activity_date, server_activity.major_version, server_activity.active_servers]
    pivots: [server_activity.major_version]
    sorts: [server_activity.activity_date]
    limit: 500
    listen:
      period: server_activity.activity_date
      version: server_activity.version
    row: 4
    col: 12
    width: 12
    height: 8
