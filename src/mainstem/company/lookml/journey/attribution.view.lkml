view: attribution {
  label: "Attribution"
  sql_table_name: lake.analytics.fct_attribution ;;

  dimension: attribution_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.attribution_id ;;
  }

  dimension: conversion_id {
    hidden: yes
    type: string
    sql: ${TABLE}.conversion_id ;;
  }

  dimension: conversion_type {
    label: "Conversion"
    description: "download, trial, purchase or activated_usage."
    type: string
    sql: ${TABLE}.conversion_type ;;
  }

  dimension_group: converted {
    description: "Day of the conversion."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.converted_date ;;
  }

  dimension: touched_month_key {
    hidden: yes
    description: "First day of the month of the touch."
    type: date
    datatype: date
    convert_tz: no
    sql: CAST(DATE_TRUNC('month', ${TABLE}.touched_at) AS DATE) ;;
  }

  dimension: account_id {
    label: "Account ID"
    description: "The account that converted; empty where none is known."
    tags: ["cohort:account"]
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: journey_id {
    label: "Journey ID"
    description: "The account where one is known, else the person."
    tags: ["cohort:journey"]
    type: string
    sql: ${TABLE}.journey_id ;;
  }

  dimension: model {
    description: "How credit is shared. Choose one, or put them side by side: credit of several models must not be added up."
    type: string
    sql: ${TABLE}.model ;;
  }

  dimension: channel {
    description: "What brought them: by utm tags and referrer; direct where nothing says, unknown where no touch is known."
    type: string
    sql: ${TABLE}.channel ;;
  }

  dimension: campaign_name {
    label: "Campaign"
    description: "utm_campaign of the touch."
    type: string
    sql: ${TABLE}.campaign_name ;;
  }

  dimension: landing_path {
    label: "Landing page"
    description: "First page of the touch."
    type: string
    sql: ${TABLE}.landing_path ;;
  }

  dimension: position {
    description: "Place of the touch on the way."
    type: number
    sql: ${TABLE}.position ;;
  }

  dimension: path_length {
    label: "Path length"
    description: "Touches on the way."
    type: number
    sql: ${TABLE}.path_length ;;
  }

  dimension: credit_share {
    hidden: yes
    description: "Share of the conversion's credit."
    type: number
    sql: ${TABLE}.credit_share ;;
  }

  dimension: credited_arr_cents {
    hidden: yes
    description: "Its share of annual recurring revenue, in cents."
    type: number
    sql: ${TABLE}.credited_arr_cents ;;
  }

  measure: conversions {
    description: "Conversions, each counted once."
    type: count_distinct
    sql: ${conversion_id} ;;
    value_format: "#,##0"
  }

  measure: credited_conversions {
    label: "Credited conversions"
    description: "Conversions by share of credit. Only within one model."
    type: sum
    sql: ${TABLE}.credit_share ;;
    value_format: "#,##0.0"
  }

  measure: credited_arr {
    label: "Credited ARR"
    description: "Annual recurring revenue by share of credit. Only within one model."
    type: sum
    sql: ${TABLE}.credited_arr_cents / 100.0 ;;
    value_format: "$#,##0"
  }

  measure: conversions_first {
    label: "First"
    description: "Conversions credited by the model first."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'first' THEN ${TABLE}.credit_share ELSE 0 END ;;
    value_format: "#,##0.0"
  }

  measure: arr_first {
    label: "First: ARR"
    description: "Annual recurring revenue credited by the model first; empty where nothing was earned."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'first' THEN ${TABLE}.credited_arr_cents / 100.0 WHEN ${TABLE}.credited_arr_cents IS NOT NULL THEN 0 END ;;
    value_format: "$#,##0"
  }

  measure: conversions_last {
    label: "Last"
    description: "Conversions credited by the model last."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'last' THEN ${TABLE}.credit_share ELSE 0 END ;;
    value_format: "#,##0.0"
  }

  measure: arr_last {
    label: "Last: ARR"
    description: "Annual recurring revenue credited by the model last; empty where nothing was earned."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'last' THEN ${TABLE}.credited_arr_cents / 100.0 WHEN ${TABLE}.credited_arr_cents IS NOT NULL THEN 0 END ;;
    value_format: "$#,##0"
  }

  measure: conversions_last_non_direct {
    label: "Last but direct"
    description: "Conversions credited by the model last non-direct."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'last non-direct' THEN ${TABLE}.credit_share ELSE 0 END ;;
    value_format: "#,##0.0"
  }

  measure: arr_last_non_direct {
    label: "Last but direct: ARR"
    description: "Annual recurring revenue credited by the model last non-direct; empty where nothing was earned."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'last non-direct' THEN ${TABLE}.credited_arr_cents / 100.0 WHEN ${TABLE}.credited_arr_cents IS NOT NULL THEN 0 END ;;
    value_format: "$#,##0"
  }

  measure: conversions_linear {
    label: "Linear"
    description: "Conversions credited by the model linear."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'linear' THEN ${TABLE}.credit_share ELSE 0 END ;;
    value_format: "#,##0.0"
  }

  measure: arr_linear {
    label: "Linear: ARR"
    description: "Annual recurring revenue credited by the model linear; empty where nothing was earned."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'linear' THEN ${TABLE}.credited_arr_cents / 100.0 WHEN ${TABLE}.credited_arr_cents IS NOT NULL THEN 0 END ;;
    value_format: "$#,##0"
  }

  measure: conversions_position {
    label: "Position"
    description: "Conversions credited by the model position."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'position' THEN ${TABLE}.credit_share ELSE 0 END ;;
    value_format: "#,##0.0"
  }

  measure: arr_position {
    label: "Position: ARR"
    description: "Annual recurring revenue credited by the model position; empty where nothing was earned."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'position' THEN ${TABLE}.credited_arr_cents / 100.0 WHEN ${TABLE}.credited_arr_cents IS NOT NULL THEN 0 END ;;
    value_format: "$#,##0"
  }

  measure: conversions_time_decay {
    label: "Time decay"
    description: "Conversions credited by the model time decay."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'time decay' THEN ${TABLE}.credit_share ELSE 0 END ;;
    value_format: "#,##0.0"
  }

  measure: arr_time_decay {
    label: "Time decay: ARR"
    description: "Annual recurring revenue credited by the model time decay; empty where nothing was earned."
    type: sum
    sql: CASE WHEN ${TABLE}.model = 'time decay' THEN ${TABLE}.credited_arr_cents / 100.0 WHEN ${TABLE}.credited_arr_cents IS NOT NULL THEN 0 END ;;
    value_format: "$#,##0"
  }
}
