- dashboard: adoption
  title: Adoption and versions
  description: How many servers are active, which releases they run, and how long new ones take to arrive.
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: period
    title: Period
    type: field_filter
    model: company
    explore: active_fleet
    field: active_fleet.active_month
    default_value: 24 months
  elements:
  - name: active_servers
    title: Active servers by month, seen and estimated
    model: company
    explore: active_fleet
    type: looker_line
    fields: [active_fleet.active_month, active_fleet.telling_servers, active_fleet.servers_seen, active_fleet.servers_estimated, active_fleet.servers_low, active_fleet.servers_high]
    sorts: [active_fleet.active_month]
    limit: 500
    listen:
      period: active_fleet.active_month
    row: 0
    col: 0
    width: 12
    height: 8
  - name: active_people
    title: People who did something, on servers that tell us
    model: company
    explore: active_fleet
    type: looker_column
    fields: [active_fleet.active_month, active_fleet.active_users]
    note_text: No column where servers sent only a sample of what people did.
    note_state: collapsed
    note_display: hover
    sorts: [active_fleet.active_month]
    limit: 500
    listen:
      period: active_fleet.active_month
    row: 0
    col: 12
    width: 12
    height: 8
  - name: servers_by_major_release
    title: Servers by major release they ran in the month
    model: company
    explore: server_day
    type: looker_line
    fields: [server_day.reported_month, server_day.major_version, server_day.servers]
    pivots: [server_day.major_version]
    filters:
      server_day.major_version: NOT NULL
    sorts: [server_day.reported_month, server_day.major_version]
    limit: 500
    listen:
      period: server_day.reported_month
    row: 8
    col: 0
    width: 12
    height: 8
  - name: days_until_half
    title: Days until half of all servers have a release
    model: company
    explore: upgrade_speed
    type: looker_column
    fields: [upgrade_speed.version, upgrade_speed.version_sort, upgrade_speed.median_days]
    hidden_fields: [upgrade_speed.version_sort]
    note_text: No column while fewer than half of all servers have the release.
    note_state: collapsed
    note_display: hover
    sorts: [upgrade_speed.version_sort]
    limit: 500
    listen:
      period: upgrade_speed.released_month
    row: 8
    col: 12
    width: 12
    height: 8
  - name: feature_reach
    title: When servers began to tell of each feature
    model: company
    explore: feature_reach
    type: looker_grid
    note_text: Blank where so many servers cannot tell of it yet, or its release day is not known.
    note_state: collapsed
    note_display: hover
    fields: [feature_reach.metric, feature_reach.introduced_in_version, feature_reach.share, feature_reach.reached_by_servers_date, feature_reach.days_to_reach, feature_reach.coverage_now]
    sorts: [feature_reach.metric, feature_reach.share]
    limit: 100
    row: 16
    col: 0
    width: 12
    height: 8
  - name: upgrades_by_month
    title: Upgrades by month
    model: company
    explore: upgrade
    type: looker_column
    fields: [upgrade.upgraded_month, upgrade.upgrades]
    filters:
      upgrade.is_downgrade: "No"
    sorts: [upgrade.upgraded_month]
    limit: 500
    listen:
      period: upgrade.upgraded_month
    row: 16
    col: 12
    width: 6
    height: 8
  - name: left_out
    title: Servers left out, and why
    model: company
    explore: server
    type: looker_grid
    fields: [server.exclusion_reason, server.servers]
    filters:
      server.is_excluded: "Yes"
    sorts: [server.servers desc]
    limit: 20
    row: 16
    col: 18
    width: 6
    height: 8
