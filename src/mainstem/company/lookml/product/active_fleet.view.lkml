view: active_fleet {
  label: "Active servers"
  sql_table_name: lake.analytics.fct_active_month ;;

  dimension: active_month_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: CAST(${TABLE}.month AS varchar) ;;
  }

  dimension_group: active {
    description: "Month, UTC."
    type: time
    timeframes: [month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month ;;
  }

  dimension: publishable {
    label: "Can be published"
    description: "The estimate may be shown as the company's."
    type: yesno
    sql: ${TABLE}.publishable ;;
  }

  dimension: reason {
    label: "Why not"
    description: "Why the estimate may not be shown."
    type: string
    sql: ${TABLE}.reason ;;
  }

  dimension: users_reason {
    label: "Why no people"
    description: "Why the number of people is blank."
    type: string
    sql: ${TABLE}.users_reason ;;
  }

  measure: telling_servers {
    label: "Servers with telemetry"
    description: "Servers that sent telemetry."
    type: max
    sql: ${TABLE}.servers_with_telemetry ;;
  }

  measure: servers_seen {
    label: "Servers seen"
    description: "Servers that sent telemetry or asked for a newer release."
    type: max
    sql: ${TABLE}.servers_seen ;;
  }

  measure: servers_estimated {
    label: "Active servers (estimate)"
    description: "All active servers, with those that did neither; blank where it may not be published."
    type: max
    value_format_name: decimal_0
    sql: CASE WHEN ${publishable} THEN ${TABLE}.servers_estimated END ;;
  }

  measure: servers_low {
    label: "At least"
    description: "There are hardly fewer."
    type: max
    value_format_name: decimal_0
    sql: CASE WHEN ${publishable} THEN ${TABLE}.servers_ci_low END ;;
  }

  measure: servers_high {
    label: "At most"
    description: "There are hardly more."
    type: max
    value_format_name: decimal_0
    sql: CASE WHEN ${publishable} THEN ${TABLE}.servers_ci_high END ;;
  }

  measure: active_users {
    label: "People on servers that tell"
    description: "People who did something on servers that tell us, each counted once a server; blank for samples."
    type: max
    sql: ${TABLE}.active_users_told ;;
  }
}
