view: feature_estimate {
  label: "Feature usage"
  sql_table_name: lake.analytics.fct_metric_estimate ;;

  dimension: metric_estimate_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.metric_estimate_id ;;
  }

  dimension: metric {
    label: "Feature"
    description: "What people did: posts, replies, reactions, calls or playbooks."
    type: string
    sql: ${TABLE}.metric ;;
  }

  dimension: method {
    label: "Method key"
    description: "How the total was worked out: what was told (naive), or an estimate for all servers, or a fixed panel for trends."
    type: string
    sql: ${TABLE}.method ;;
  }

  dimension: method_name {
    label: "Method"
    description: "The method as people say it."
    type: string
    sql: CASE ${TABLE}.method
      WHEN 'naive' THEN 'only what was told'
      WHEN 'post_stratified' THEN 'groups of like servers, by server'
      WHEN 'post_stratified_by_users' THEN 'groups of like servers, by active people'
      WHEN 'weighted' THEN 'weighted by the chance to tell'
      WHEN 'fixed_panel' THEN 'the same servers in both months'
      ELSE ${TABLE}.method END ;;
  }

  dimension_group: used {
    description: "Month in which it was done, UTC."
    type: time
    timeframes: [month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month ;;
  }

  dimension: publishable {
    label: "Can be published"
    description: "The number may be shown as the company's."
    type: yesno
    sql: ${TABLE}.publishable ;;
  }

  dimension: reason {
    label: "Why not"
    description: "Why it may not be shown."
    type: string
    sql: ${TABLE}.reason ;;
  }

  dimension: warning {
    description: "What to know about the number all the same."
    type: string
    sql: ${TABLE}.warning ;;
  }

  measure: told {
    label: "Told by servers"
    description: "Times that servers told us of. Old servers and those without telemetry are missing from it."
    type: sum
    value_format_name: decimal_0
    sql: ${TABLE}.observed ;;
  }

  measure: estimate {
    label: "Estimate for all servers"
    description: "Times over all active servers, also those that cannot tell; blank where any of them may not be published."
    type: number
    value_format_name: decimal_0
    sql: CASE WHEN COUNT(*) = SUM(CASE WHEN ${TABLE}.publishable THEN 1 ELSE 0 END) THEN SUM(${TABLE}.estimate) END ;;
  }

  measure: low {
    label: "At least"
    description: "The true number is hardly below this. For one feature and month."
    type: number
    value_format_name: decimal_0
    sql: CASE WHEN COUNT(*) = SUM(CASE WHEN ${TABLE}.publishable THEN 1 ELSE 0 END) THEN SUM(${TABLE}.ci_low) END ;;
  }

  measure: high {
    label: "At most"
    description: "The true number is hardly above this. For one feature and month."
    type: number
    value_format_name: decimal_0
    sql: CASE WHEN COUNT(*) = SUM(CASE WHEN ${TABLE}.publishable THEN 1 ELSE 0 END) THEN SUM(${TABLE}.ci_high) END ;;
  }

  measure: coverage {
    label: "Share of servers that can tell"
    description: "Share of active servers that can tell us of the feature."
    type: average
    value_format_name: percent_0
    sql: ${TABLE}.coverage_servers ;;
  }

  measure: servers_that_can_tell {
    label: "Servers that can tell"
    description: "Number of servers that can tell us of the feature, in an average month."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.n_can_tell ;;
  }

  measure: active_servers {
    label: "Active servers"
    description: "Number of active servers, those never heard of included, in an average month."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.n_active_servers ;;
  }

  measure: growth {
    label: "Growth on the same servers"
    description: "Change from the month before on the servers that told in both (method fixed_panel)."
    type: average
    value_format_name: percent_1
    sql: ${TABLE}.growth ;;
  }

  measure: activity_of_those_who_can_tell {
    label: "Activity of those who can tell"
    description: "People active on an average server that can tell, added up over the days of a month."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.capable_user_days ;;
  }

  measure: activity_of_those_who_cannot {
    label: "Activity of those who cannot"
    description: "The same on an average server that is too old to tell. Those who upgrade differ."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.incapable_user_days ;;
  }
}
