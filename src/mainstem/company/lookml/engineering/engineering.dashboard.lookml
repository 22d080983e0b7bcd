- dashboard: engineering
  title: Engineering
  description: What teams finish, how long it takes, what waits, and whether sprints keep what they promise.
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: period
    title: Period
    type: field_filter
    model: company
    explore: issues
    field: issues.done_date
    default_value: "12 months"
  - name: team
    title: Team
    type: field_filter
    model: company
    explore: issues
    field: issues.project_key
    default_value: ""
  elements:
  - name: done
    title: Issues done
    model: company
    explore: issues
    type: single_value
    fields: [issues.done_issues]
    listen:
      period: issues.done_date
      team: issues.project_key
    row: 0
    col: 0
    width: 6
    height: 4
  - name: median
    title: Median days of work
    model: company
    explore: issues
    type: single_value
    fields: [issues.median_cycle_days]
    filters:
      issues.is_done: "yes"
    note_text: From the first work on an issue to done, by the clock.
    note_state: collapsed
    note_display: hover
    listen:
      period: issues.done_date
      team: issues.project_key
    row: 0
    col: 6
    width: 6
    height: 4
  - name: worked
    title: Share of time worked on
    model: company
    explore: issues
    type: single_value
    fields: [issues.average_flow_efficiency]
    filters:
      issues.is_done: "yes"
    note_text: The rest of the time an issue waited, for a review for instance.
    note_state: collapsed
    note_display: hover
    listen:
      period: issues.done_date
      team: issues.project_key
    row: 0
    col: 12
    width: 6
    height: 4
  - name: back
    title: Came back after done
    model: company
    explore: issues
    type: single_value
    fields: [issues.reopen_rate]
    listen:
      period: issues.done_date
      team: issues.project_key
    row: 0
    col: 18
    width: 6
    height: 4
  - name: throughput
    title: Issues done by week
    model: company
    explore: engineering_days
    type: looker_column
    fields: [engineering_days.work_week, engineering_days.project_key, engineering_days.done_issues]
    pivots: [engineering_days.project_key]
    sorts: [engineering_days.work_week, engineering_days.project_key]
    limit: 500
    stacking: normal
    listen:
      period: engineering_days.work_date
      team: engineering_days.project_key
    row: 4
    col: 0
    width: 12
    height: 8
  - name: cycle
    title: Days of work by month
    model: company
    explore: issues
    type: looker_line
    fields: [issues.done_month, issues.median_cycle_days, issues.p85_cycle_days]
    filters:
      issues.is_done: "yes"
    sorts: [issues.done_month]
    limit: 500
    note_text: Half of all issues took longer than the lower line, 15 of 100 longer than the upper one.
    note_state: collapsed
    note_display: hover
    listen:
      period: issues.done_date
      team: issues.project_key
    row: 4
    col: 12
    width: 12
    height: 8
  - name: under_way
    title: Issues under way
    model: company
    explore: engineering_days
    type: looker_area
    fields: [engineering_days.work_week, engineering_days.project_key, engineering_days.under_way]
    pivots: [engineering_days.project_key]
    sorts: [engineering_days.work_week, engineering_days.project_key]
    limit: 500
    stacking: normal
    note_text: When a day ends, on average over the days of the week.
    note_state: collapsed
    note_display: hover
    listen:
      period: engineering_days.work_date
      team: engineering_days.project_key
    row: 12
    col: 0
    width: 12
    height: 8
  - name: where
    title: Where issues spend their days
    model: company
    explore: issues
    type: looker_bar
    fields: [issue_statuses.status, issues.project_key, issue_statuses.median_days]
    pivots: [issues.project_key]
    filters:
      issue_statuses.is_current: "no"
    sorts: [issue_statuses.median_days desc 1, issues.project_key]
    limit: 20
    note_text: Median days of one stay in a status, of issues done in the period.
    note_state: collapsed
    note_display: hover
    listen:
      period: issues.done_date
      team: issues.project_key
    row: 12
    col: 12
    width: 12
    height: 8
  - name: sprints
    title: "Sprints: promised, came on top, done in time"
    model: company
    explore: sprints
    type: looker_grid
    fields: [sprints.sprint_name, sprints.starts_date, sprints.committed_issues, sprints.added_issues, sprints.completed_issues, sprints.kept_share]
    filters:
      sprints.is_over: "yes"
    sorts: [sprints.starts_date desc]
    limit: 100
    listen:
      period: sprints.starts_date
      team: sprints.project_key
    row: 20
    col: 0
    width: 14
    height: 9
  - name: kept
    title: Promises kept by team
    model: company
    explore: sprints
    type: looker_line
    fields: [sprints.starts_month, sprints.project_key, sprints.kept_share]
    pivots: [sprints.project_key]
    filters:
      sprints.is_over: "yes"
    sorts: [sprints.starts_month, sprints.project_key]
    limit: 500
    listen:
      period: sprints.starts_date
      team: sprints.project_key
    row: 20
    col: 14
    width: 10
    height: 9
  - name: oldest
    title: Under way for longest
    model: company
    explore: issues
    type: looker_grid
    fields: [issues.issue_key, issues.project_key, issues.issue_type, issues.status, issues.days_in_status, issues.created_date]
    filters:
      issues.status_category: "Under way"
    sorts: [issues.days_in_status desc]
    limit: 25
    listen:
      team: issues.project_key
    row: 29
    col: 0
    width: 24
    height: 7
