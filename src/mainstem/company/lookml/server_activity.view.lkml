view: server_activity {
  label: "Servers"
  sql_table_name: lake.analytics.fct_daily_server_activity ;;

  dimension: server_day_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.server_day_id ;;
  }

  dimension: server_id {
    label: "Server ID"
    description: "The installation's id."
    tags: ["cohort:server"]
    type: string
    sql: ${TABLE}.server_id ;;
  }

  dimension_group: activity {
    description: "UTC day on which the server reported."
    type: time
    timeframes: [date, week, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.activity_date ;;
  }

  dimension: version {
    description: "Release the server ran when it last reported that day."
    type: string
    sql: ${TABLE}.version ;;
  }

  dimension: version_sort {
    label: "Version sort"
    description: "The version as one number that sorts as releases do."
    type: number
    sql: ${TABLE}.version_sort ;;
  }

  dimension: major_version {
    label: "Major version"
    description: "First number of the version."
    type: number
    sql: ${TABLE}.major_version ;;
  }

  dimension: major_release {
    label: "Major release"
    description: "First number of the version; development builds and odd versions are not a release."
    type: string
    order_by_field: major_version
    sql: COALESCE(CAST(${TABLE}.major_version AS varchar), 'not a release') ;;
  }

  dimension: edition {
    description: "team (free) or enterprise."
    type: string
    sql: ${TABLE}.edition ;;
  }

  dimension: database_type {
    label: "Database"
    description: "Database the server runs on."
    type: string
    sql: ${TABLE}.database_type ;;
  }

  dimension: operating_system {
    label: "Operating system"
    description: "Operating system of the server."
    type: string
    sql: ${TABLE}.operating_system ;;
  }

  measure: active_servers {
    label: "Active servers"
    description: "Servers that reported in the period, each counted once."
    type: count_distinct
    sql: ${TABLE}.server_id ;;
  }

  measure: server_days {
    label: "Server days"
    description: "Days on which servers reported, added up over servers."
    type: count
  }

  measure: active_user_days {
    label: "Active user days"
    description: "Active people, added up over servers and days. For one day it is the number of active people."
    type: sum
    sql: ${TABLE}.active_users ;;
  }

  measure: active_users_per_server {
    label: "Active people per server"
    description: "Active people on a server and day that told, on average."
    type: average
    sql: ${TABLE}.active_users ;;
  }
}
