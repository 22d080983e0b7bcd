view: server {
  label: "Server"
  sql_table_name: lake.analytics.dim_server ;;

  dimension: server_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.server_id ;;
  }

  dimension: id {
    label: "Server ID"
    description: "The installation's id."
    tags: ["cohort:server"]
    type: string
    sql: ${TABLE}.server_id ;;
  }

  dimension: is_excluded {
    label: "Is left out"
    description: "Left out of numbers about customers' servers."
    type: yesno
    sql: ${TABLE}.is_excluded ;;
  }

  dimension: exclusion_reason {
    label: "Why left out"
    description: "Why it is left out."
    type: string
    sql: ${TABLE}.exclusion_reason ;;
  }

  dimension: is_silent {
    label: "Never sent telemetry"
    description: "It never sent telemetry and is known by its version pings alone."
    type: yesno
    sql: ${TABLE}.is_silent ;;
  }

  dimension: edition {
    description: "team (free), professional or enterprise."
    type: string
    sql: ${TABLE}.edition ;;
  }

  dimension: seats_band {
    label: "Size"
    description: "Accounts on the server, in bands."
    type: string
    sql: ${TABLE}.seats_band ;;
  }

  dimension: age_band {
    label: "Age"
    description: "Days between first and last sign of life, in bands."
    type: string
    sql: ${TABLE}.age_band ;;
  }

  dimension: last_version {
    label: "Last release"
    description: "Release it ran last."
    type: string
    sql: ${TABLE}.last_version ;;
  }

  dimension_group: first_seen {
    description: "First sign of life."
    type: time
    timeframes: [date, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.first_seen_date ;;
  }

  dimension_group: last_seen {
    description: "Last sign of life."
    type: time
    timeframes: [date, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.last_seen_date ;;
  }

  measure: servers {
    description: "Servers, each counted once."
    type: count
    drill_fields: [id, edition, seats_band, last_version, first_seen_date, last_seen_date, exclusion_reason]
  }
}
