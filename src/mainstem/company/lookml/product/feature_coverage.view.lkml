view: feature_coverage {
  label: "Feature coverage"
  sql_table_name: lake.analytics.fct_metric_coverage ;;

  dimension: coverage_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.metric || ':' || CAST(${TABLE}.day AS varchar) ;;
  }

  dimension: metric {
    label: "Feature"
    description: "What people did: posts, replies, reactions, calls or playbooks."
    type: string
    sql: ${TABLE}.metric ;;
  }

  dimension_group: covered {
    description: "The day, UTC."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.day ;;
  }

  measure: coverage_servers {
    label: "Coverage by servers"
    description: "Share of active servers that can tell us of the feature and did."
    type: number
    value_format_name: percent_0
    sql: 1.0 * SUM(${TABLE}.n_reporting) / NULLIF(SUM(${TABLE}.n_active), 0) ;;
  }

  measure: coverage_seats {
    label: "Coverage by seats"
    description: "Share of people (accounts on servers) whose server can tell us of the feature and did."
    type: number
    value_format_name: percent_0
    sql: 1.0 * SUM(${TABLE}.seats_reporting) / NULLIF(SUM(${TABLE}.seats_active), 0) ;;
  }

  measure: active_servers {
    label: "Active servers"
    description: "Servers known to run, on an average day."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.n_active ;;
  }

  measure: capable_servers {
    label: "Capable servers"
    description: "Servers whose release knows the feature, on an average day."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.n_capable ;;
  }

  measure: telling_servers {
    label: "Telling servers"
    description: "Servers that told of the feature, on an average day."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.n_reporting ;;
  }

  measure: silent_servers {
    label: "Silent servers"
    description: "Servers that send no telemetry and only ask for newer releases, on an average day."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.n_dark ;;
  }
}
