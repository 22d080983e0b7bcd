- dashboard: customer_journey
  title: Customer journey
  description: How people come to us, how far they get, and what brought those who bought.
  layout: newspaper
  crossfilter_enabled: true
  filters:
  - name: period
    title: Period
    type: field_filter
    model: company
    explore: journey_stages
    field: journey_stages.entered_date
    default_value: 12 months
  - name: flow
    title: Way to
    type: field_filter
    model: company
    explore: journey_flows
    field: journey_flows.flow
    default_value: channels to trial
  - name: conversion
    title: Credit for
    type: field_filter
    model: company
    explore: attribution
    field: attribution.conversion_type
    default_value: purchase
  elements:
  - name: visitors
    title: Came to the website
    model: company
    explore: journey_stages
    type: single_value
    fields: [journey_stages.journeys]
    filters:
      journey_stages.stage: visit
    listen:
      period: journey_stages.entered_date
    row: 0
    col: 0
    width: 6
    height: 4
  - name: trials
    title: Started a trial
    model: company
    explore: journey_stages
    type: single_value
    fields: [journey_stages.journeys]
    filters:
      journey_stages.stage: trial
    listen:
      period: journey_stages.entered_date
    row: 0
    col: 6
    width: 6
    height: 4
  - name: purchases
    title: Bought
    model: company
    explore: journey_stages
    type: single_value
    fields: [journey_stages.journeys]
    filters:
      journey_stages.stage: purchase
    listen:
      period: journey_stages.entered_date
    row: 0
    col: 12
    width: 6
    height: 4
  - name: active
    title: Have a server in use
    model: company
    explore: journey_stages
    type: single_value
    fields: [journey_stages.journeys]
    filters:
      journey_stages.stage: server active
    listen:
      period: journey_stages.entered_date
    row: 0
    col: 18
    width: 6
    height: 4
  - name: stages
    title: How far they get
    model: company
    explore: journey_stages
    type: looker_bar
    fields: [journey_stages.stage, journey_stages.went_on, journey_stages.in_flight, journey_stages.dropped_off]
    filters:
      journey_stages.stage: "-visit,-engaged"
    sorts: [journey_stages.stage]
    stacking: normal
    note_text: Visits are left out, they would dwarf the rest. In flight means there is still time to go on.
    note_state: expanded
    listen:
      period: journey_stages.entered_date
    row: 4
    col: 0
    width: 12
    height: 8
  - name: drop_off
    title: Who goes on, and how soon
    model: company
    explore: journey_stages
    type: looker_grid
    fields: [journey_stages.stage, journey_stages.went_on, journey_stages.in_flight,
      journey_stages.dropped_off, journey_stages.went_on_rate, journey_stages.median_days_to_next]
    sorts: [journey_stages.stage]
    listen:
      period: journey_stages.entered_date
    row: 4
    col: 12
    width: 12
    height: 8
  - name: flows
    title: The ways they take
    model: company
    explore: journey_flows
    type: sankey
    fields: [journey_flows.source, journey_flows.target, journey_flows.journeys]
    filters:
      journey_flows.target: "-no trial,-no purchase,-dropped off after visit"
    sorts: [journey_flows.journeys desc]
    limit: 500
    note_text: Who left after their last visit is not drawn; the explore has them.
    note_state: expanded
    listen:
      period: journey_flows.started_date
      flow: journey_flows.flow
    row: 12
    col: 0
    width: 24
    height: 11
  - name: attribution
    title: What brought them, by way of sharing credit
    model: company
    explore: attribution
    type: looker_column
    fields: [attribution.channel, attribution.conversions_first, attribution.conversions_last,
      attribution.conversions_last_non_direct, attribution.conversions_linear, attribution.conversions_position,
      attribution.conversions_time_decay]
    sorts: [attribution.conversions_linear desc]
    listen:
      period: attribution.converted_date
      conversion: attribution.conversion_type
    row: 23
    col: 0
    width: 9
    height: 9
  - name: attribution_arr
    title: Revenue a year by what brought it
    model: company
    explore: attribution
    type: looker_grid
    fields: [attribution.channel, attribution.arr_first, attribution.arr_last, attribution.arr_last_non_direct,
      attribution.arr_linear, attribution.arr_position, attribution.arr_time_decay]
    filters:
      attribution.conversion_type: purchase
    sorts: [attribution.arr_linear desc]
    total: true
    listen:
      period: attribution.converted_date
    row: 23
    col: 9
    width: 15
    height: 9
  - name: funnel
    title: From the first page to a trial
    model: company
    explore: funnels
    type: looker_bar
    fields: [funnels.step_name, funnels.matured_entities]
    filters:
      funnels.funnel: website to trial
    sorts: [funnels.step_name]
    listen:
      period: funnels.started_date
    row: 32
    col: 0
    width: 12
    height: 8
  - name: retention
    title: Who comes back to the website
    model: company
    explore: retention
    type: looker_line
    fields: [retention.first_day, retention.retention, retention.retention_rate]
    pivots: [retention.retention]
    filters:
      retention.retention: visitors,trials
      retention.method: rolling
    sorts: [retention.first_day, retention.retention]
    note_text: On that day or later, of those who began long enough ago for it to be known.
    note_state: expanded
    listen:
      period: retention.cohort_date
    row: 32
    col: 12
    width: 12
    height: 8
  - name: paths
    title: Ways to a trial
    model: company
    explore: journey_paths
    type: looker_grid
    fields: [journey_paths.channel_path, journey_paths.paths, journey_paths.converted_paths,
      journey_paths.conversion_rate]
    filters:
      journey_paths.goal: trial
    sorts: [journey_paths.converted_paths desc, journey_paths.paths desc]
    limit: 15
    listen:
      period: journey_paths.started_date
    row: 40
    col: 0
    width: 24
    height: 9
  - name: campaigns
    title: Campaigns, what they cost and brought
    model: company
    explore: campaigns
    type: looker_grid
    fields: [campaigns.campaign_name, campaigns.channel, campaigns.cost, campaigns.touches, campaigns.cost_per_touch,
      campaigns.trials, campaigns.cost_per_trial, campaigns.purchases, campaigns.arr, campaigns.return_on_cost]
    filters:
      attribution.model: linear,NULL
    sorts: [campaigns.arr desc]
    limit: 50
    total: true
    note_text: Credit shared evenly over all visits on the way, in the month of the visit. Cost is blank where nobody told it.
    note_state: collapsed
    note_display: hover
    listen:
      period: campaigns.spent_month
    row: 49
    col: 0
    width: 24
    height: 8
