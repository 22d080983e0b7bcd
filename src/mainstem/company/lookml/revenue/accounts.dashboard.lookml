- dashboard: accounts
  title: Accounts
  description: "One account or all of a salesperson: what they pay, how they use it, what changed. Customers are shown; choose another status to find the others."
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: account
    title: Account
    type: field_filter
    model: company
    explore: accounts
    field: accounts.account_name
    default_value: ""
    listens_to_filters: [owner, status]
  - name: owner
    title: Owner
    type: field_filter
    model: company
    explore: accounts
    field: accounts.owner_name
    default_value: ""
  - name: status
    title: Status
    type: field_filter
    model: company
    explore: accounts
    field: accounts.account_status
    default_value: "customer"
  elements:
  - name: accounts
    title: Accounts
    model: company
    explore: accounts
    type: single_value
    fields: [accounts.accounts]
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 0
    col: 0
    width: 6
    height: 4
  - name: arr
    title: ARR
    model: company
    explore: accounts
    type: single_value
    fields: [accounts.total_arr]
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 0
    col: 6
    width: 6
    height: 4
  - name: renew
    title: ARR to renew in 90 days
    model: company
    explore: accounts
    type: single_value
    fields: [accounts.total_to_renew]
    filters:
      accounts.next_renewal_on: "before 90 days from now"
    note_text: What is overdue is in it; blank when no term ends in that time.
    note_state: collapsed
    note_display: hover
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 0
    col: 12
    width: 6
    height: 4
  - name: health
    title: Average health
    model: company
    explore: accounts
    type: single_value
    fields: [accounts.average_health]
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 0
    col: 18
    width: 6
    height: 4
  - name: list
    title: Whom to call
    model: company
    explore: accounts
    type: looker_grid
    fields: [accounts.account_name, accounts.owner_name, accounts.plan, accounts.seats, accounts.arr, accounts.next_renewal_on, accounts.health_score, accounts.health_blank_reason, accounts.open_tickets]
    sorts: [accounts.next_renewal_on]
    limit: 500
    note_text: By the next renewal. Health is 0 to 100 from what is known; where it is blank the next column says why.
    note_state: collapsed
    note_display: hover
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 4
    col: 0
    width: 24
    height: 9
  - name: use
    title: How they use it
    model: company
    explore: accounts
    type: looker_grid
    fields: [accounts.account_name, accounts.active_servers, accounts.daily_active_users_7d, accounts.daily_active_users_28d, accounts.last_version, accounts.version_age_days, accounts.features_used, accounts.usage_as_of, accounts.usage_blank_reason]
    sorts: [accounts.daily_active_users_28d desc]
    limit: 500
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 13
    col: 0
    width: 24
    height: 9
  - name: changed
    title: What changed
    model: company
    explore: accounts
    type: looker_grid
    fields: [arr_movements.moved_date, accounts.account_name, arr_movements.movement_type, arr_movements.change, arr_movements.arr_after]
    filters:
      arr_movements.movement_id: "-NULL"
    sorts: [arr_movements.moved_date desc]
    limit: 100
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 22
    col: 0
    width: 11
    height: 8
  - name: interest
    title: What their people do and ask
    model: company
    explore: accounts
    type: looker_grid
    fields: [accounts.account_name, accounts.first_touch_channel, accounts.web_visits_30d, accounts.tickets_90d, accounts.last_satisfaction]
    sorts: [accounts.web_visits_30d desc]
    limit: 500
    listen:
      account: accounts.account_name
      owner: accounts.owner_name
      status: accounts.account_status
    row: 22
    col: 11
    width: 13
    height: 8
