- dashboard: product_threads
  title: Product and threads
  description: How much features are used, how long threads are, and for how many servers each number speaks.
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: period
    title: Period
    type: field_filter
    model: company
    explore: thread_month
    field: thread_month.begun_month
    default_value: 24 months
  - name: feature
    title: Feature
    type: field_filter
    model: company
    explore: feature_estimate
    field: feature_estimate.metric
    default_value: replies
  elements:
  - name: how_to_read
    type: text
    title_text: How to read this page
    body_text: >
      Old servers cannot tell of new features and some servers tell nothing, so what was told is never all.
      Beside each number stands for how many servers it speaks. An estimate says what all active servers did,
      with what it is hardly below and hardly above; where that cannot be known, it is blank.
    row: 0
    col: 0
    width: 24
    height: 3
  - name: replies_per_thread
    title: Replies per thread
    note_text: Mean, on servers that can tell us
    model: company
    explore: thread_month
    type: single_value
    fields: [thread_month.replies_per_thread]
    listen:
      period: thread_month.begun_month
    row: 3
    col: 0
    width: 6
    height: 4
  - name: threads_coverage
    title: Servers that can tell of threads today
    note_text: In the newest month
    model: company
    explore: thread_month
    type: single_value
    fields: [thread_month.begun_month, thread_month.coverage]
    sorts: [thread_month.begun_month desc]
    limit: 1
    listen:
      period: thread_month.begun_month
    row: 3
    col: 6
    width: 6
    height: 4
  - name: threads_begun
    title: Threads reported
    model: company
    explore: thread_month
    type: single_value
    fields: [thread_month.threads]
    listen:
      period: thread_month.begun_month
    row: 3
    col: 12
    width: 6
    height: 4
  - name: most_threads_at_once
    title: Most threads at once in a channel
    model: company
    explore: thread_month
    type: single_value
    fields: [thread_month.most_concurrent]
    listen:
      period: thread_month.begun_month
    row: 3
    col: 18
    width: 6
    height: 4
  - name: replies_by_month
    title: How many replies does a thread get, on servers that can tell us
    model: company
    explore: thread_month
    type: looker_line
    fields: [thread_month.begun_month, thread_month.replies_per_thread, thread_month.median_replies, thread_month.p90_replies]
    sorts: [thread_month.begun_month]
    limit: 500
    listen:
      period: thread_month.begun_month
    row: 7
    col: 0
    width: 12
    height: 8
  - name: threads_coverage_by_month
    title: For how many servers these numbers speak
    model: company
    explore: thread_month
    type: looker_line
    fields: [thread_month.begun_month, thread_month.coverage]
    sorts: [thread_month.begun_month]
    limit: 500
    listen:
      period: thread_month.begun_month
    row: 7
    col: 12
    width: 12
    height: 8
  - name: feature_by_month
    title: How often the feature is used on all active servers
    model: company
    explore: feature_estimate
    type: looker_line
    fields: [feature_estimate.used_month, feature_estimate.told, feature_estimate.estimate, feature_estimate.low, feature_estimate.high]
    filters:
      feature_estimate.method: post_stratified_by_users
    note_text: No estimate is drawn where too little is known for one; the table below says why, month by month.
    note_state: collapsed
    note_display: hover
    sorts: [feature_estimate.used_month]
    limit: 500
    listen:
      period: feature_estimate.used_month
      feature: feature_estimate.metric
    row: 15
    col: 0
    width: 12
    height: 8
  - name: coverage_by_feature
    title: For how many servers each feature's numbers speak
    model: company
    explore: feature_coverage
    type: looker_line
    fields: [feature_coverage.covered_month, feature_coverage.metric, feature_coverage.coverage_servers]
    pivots: [feature_coverage.metric]
    sorts: [feature_coverage.covered_month]
    limit: 500
    listen:
      period: feature_coverage.covered_month
    row: 15
    col: 12
    width: 12
    height: 8
  - name: methods_side_by_side
    title: The same number by several methods
    model: company
    explore: feature_estimate
    type: looker_grid
    fields: [feature_estimate.used_month, feature_estimate.metric, feature_estimate.method_name, feature_estimate.told, feature_estimate.estimate, feature_estimate.low, feature_estimate.high, feature_estimate.coverage, feature_estimate.reason, feature_estimate.warning]
    filters:
      feature_estimate.method: "%"
    sorts: [feature_estimate.used_month desc, feature_estimate.method_name]
    limit: 100
    listen:
      period: feature_estimate.used_month
      feature: feature_estimate.metric
    row: 23
    col: 0
    width: 24
    height: 8
  - name: threads_by_hour
    title: When threads go on, by hour (UTC)
    model: company
    explore: thread_hour
    type: looker_column
    fields: [thread_hour.hour_began_hour_of_day, thread_hour.thread_hours]
    fill_fields: [thread_hour.hour_began_hour_of_day]
    filters:
      thread_hour.is_sampled: "No"
    sorts: [thread_hour.hour_began_hour_of_day]
    limit: 24
    listen:
      period: thread_hour.hour_began_month
    row: 31
    col: 16
    width: 8
    height: 8
  - name: coverage_by_people
    title: For how many people they speak
    model: company
    explore: feature_coverage
    type: looker_line
    fields: [feature_coverage.covered_month, feature_coverage.metric, feature_coverage.coverage_seats]
    pivots: [feature_coverage.metric]
    sorts: [feature_coverage.covered_month]
    limit: 500
    listen:
      period: feature_coverage.covered_month
    row: 31
    col: 0
    width: 8
    height: 8
  - name: coverage_by_revenue
    title: For how much revenue they speak
    model: company
    explore: feature_revenue
    type: looker_line
    fields: [feature_revenue.covered_month, feature_revenue.metric, feature_revenue.coverage_arr]
    pivots: [feature_revenue.metric]
    sorts: [feature_revenue.covered_month]
    limit: 500
    listen:
      period: feature_revenue.covered_month
    row: 31
    col: 8
    width: 8
    height: 8
