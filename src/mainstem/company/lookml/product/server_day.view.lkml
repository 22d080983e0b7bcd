view: server_day {
  label: "Server by the day"
  sql_table_name: lake.analytics.fct_server_day ;;

  dimension: server_day_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.server_day_id ;;
  }

  dimension_group: reported {
    description: "Day on which the server sent telemetry, UTC."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.activity_date ;;
  }

  dimension_group: happened {
    hidden: yes
    type: time
    timeframes: [date]
    tags: ["cohort:time"]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.activity_date ;;
  }

  dimension: server_id {
    label: "Server ID"
    description: "The installation's id."
    tags: ["cohort:server"]
    type: string
    sql: ${TABLE}.server_id ;;
  }

  dimension: version {
    label: "Release"
    description: "Release it ran that day."
    tags: ["cohort:event"]
    type: string
    order_by_field: version_sort
    sql: ${TABLE}.version ;;
  }

  dimension: version_sort {
    label: "Release, sortable"
    description: "The release as one number that sorts as releases do."
    type: number
    sql: ${TABLE}.version_sort ;;
  }

  dimension: major_version {
    label: "Major release"
    description: "First number of the release."
    type: number
    sql: CAST(FLOOR(${TABLE}.version_sort / 1000000) AS INTEGER) ;;
  }

  dimension: edition {
    description: "team (free), professional or enterprise."
    type: string
    sql: ${TABLE}.edition ;;
  }

  measure: servers {
    description: "Servers that sent telemetry in the period, each counted once."
    type: count_distinct
    sql: ${TABLE}.server_id ;;
  }

  measure: user_days {
    label: "Active people and days"
    description: "People active, added up over servers and days that told."
    type: sum
    sql: ${TABLE}.active_users ;;
  }
}
