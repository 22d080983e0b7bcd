view: journey_paths {
  label: "Paths"
  sql_table_name: lake.analytics.fct_path ;;

  dimension: path_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.path_id ;;
  }

  dimension: goal {
    description: "Where the path leads: trial or purchase."
    type: string
    sql: ${TABLE}.goal ;;
  }

  dimension: journey_id {
    label: "Journey ID"
    description: "The account where one is known, else the person."
    tags: ["cohort:journey"]
    type: string
    sql: ${TABLE}.journey_id ;;
  }

  dimension: outcome {
    description: "converted, in flight (came within the last month) or left."
    type: string
    sql: ${TABLE}.outcome ;;
  }

  dimension: channel_path {
    label: "Path"
    description: "Channels in their order, repeats in a row once."
    type: string
    sql: ${TABLE}.channel_path ;;
  }

  dimension: first_channel {
    label: "First channel"
    description: "Channel at the start of the path."
    type: string
    sql: ${TABLE}.first_channel ;;
  }

  dimension: steps {
    description: "Channels on the path."
    type: number
    sql: ${TABLE}.steps ;;
  }

  dimension_group: started {
    description: "Day on which the path began."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.started_date ;;
  }

  measure: paths {
    description: "Journeys that took the path."
    type: count
    value_format: "#,##0"
  }

  measure: converted_paths {
    label: "Converted paths"
    description: "Journeys that reached the goal on it."
    type: count
    filters: [outcome: "converted"]
    value_format: "#,##0"
  }

  measure: left_paths {
    hidden: yes
    description: "Journeys that left without the goal."
    type: count
    filters: [outcome: "left"]
    value_format: "#,##0"
  }

  measure: conversion_rate {
    label: "Conversion rate"
    description: "Of the journeys that had their time: the share that reached the goal."
    type: number
    sql: 1.0 * ${converted_paths} / NULLIF(${converted_paths} + ${left_paths}, 0) ;;
    value_format: "0.00%"
  }

  measure: average_steps {
    label: "Average steps"
    description: "Channels on the way, on average."
    type: average
    sql: ${TABLE}.steps ;;
    value_format: "0.0"
  }

  measure: arr {
    label: "ARR"
    description: "ARR of the purchases that the paths led to."
    type: sum
    sql: ${TABLE}.value_cents / 100.0 ;;
    value_format: "$#,##0"
  }
}
