view: feature_reach {
  label: "Feature reach"
  sql_table_name: lake.analytics.fct_coverage_milestone ;;

  dimension: milestone_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.milestone_id ;;
  }

  dimension: metric {
    label: "Feature"
    description: "What people did: posts, replies, reactions, calls or playbooks."
    type: string
    sql: ${TABLE}.metric ;;
  }

  dimension: share {
    label: "Share of servers"
    description: "The share of servers that can tell us."
    type: number
    value_format_name: percent_0
    sql: ${TABLE}.share ;;
  }

  dimension: introduced_in_version {
    label: "Since release"
    description: "First release that knows the feature."
    type: string
    sql: ${TABLE}.introduced_in_version ;;
  }

  dimension: introduced_date {
    label: "Release day"
    description: "The day that release came out."
    type: date
    sql: ${TABLE}.introduced_date ;;
  }

  dimension: reached_by_servers_date {
    label: "Reached on"
    description: "The day from which so many servers can tell us; blank when not yet."
    type: date
    sql: ${TABLE}.reached_by_servers_date ;;
  }

  dimension: days_to_reach {
    label: "Days it took"
    description: "Days from the release to that day."
    type: number
    sql: ${TABLE}.days_to_reach ;;
  }

  measure: features {
    description: "Features and shares."
    type: count
  }

  measure: coverage_now {
    label: "Coverage today"
    description: "Share of servers that can tell us today."
    type: average
    value_format_name: percent_0
    sql: ${TABLE}.coverage_now ;;
  }
}
