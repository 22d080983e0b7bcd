view: funnels {
  label: "Funnels"
  sql_table_name: lake.analytics.fct_funnel_step ;;

  dimension: funnel_step_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.funnel_step_id ;;
  }

  dimension: funnel {
    description: "Which funnel. Choose one."
    type: string
    sql: ${TABLE}.funnel ;;
  }

  dimension: mode {
    label: "Order of steps"
    description: "ordered, strict or any order."
    type: string
    sql: ${TABLE}.mode ;;
  }

  dimension: step_name {
    label: "Step"
    description: "What the step asks for."
    type: string
    order_by_field: step
    sql: CASE WHEN ${TABLE}.step_name LIKE '%. page' THEN REPLACE(${TABLE}.step_name, '. page', '. any page')
      ELSE REPLACE(REPLACE(${TABLE}.step_name, '. page:', '. page '), 'server_active', 'server active') END ;;
  }

  dimension: step {
    label: "Step number"
    description: "Number of the step."
    type: number
    sql: ${TABLE}.step ;;
  }

  dimension_group: started {
    description: "Month in which the attempt began."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.started_month ;;
  }

  measure: entities {
    label: "Reached"
    description: "Journeys that reached the step."
    type: sum
    sql: ${TABLE}.entities ;;
    value_format: "#,##0"
  }

  measure: matured_entities {
    label: "Reached (time over)"
    description: "Journeys that reached the step and whose time is over."
    type: sum
    sql: ${TABLE}.matured_entities ;;
    value_format: "#,##0"
  }

  measure: matured_started {
    hidden: yes
    type: sum
    sql: ${TABLE}.matured_started ;;
  }

  measure: matured_before {
    hidden: yes
    type: sum
    sql: ${TABLE}.matured_before ;;
  }

  measure: share_of_started {
    label: "Share of started"
    description: "Of those who began and had their time: the share that reached the step."
    type: number
    sql: 1.0 * ${matured_entities} / NULLIF(${matured_started}, 0) ;;
    value_format: "0.0%"
  }

  measure: share_of_step_before {
    label: "Share of step before"
    description: "Of those who reached the step before: the share that reached this one."
    type: number
    sql: 1.0 * ${matured_entities} / NULLIF(${matured_before}, 0) ;;
    value_format: "0.0%"
  }

  measure: hours_from_start {
    label: "Hours from start"
    description: "Hours from the first step, on average."
    type: number
    sql: SUM(${TABLE}.hours_total) / NULLIF(SUM(${TABLE}.entities), 0) ;;
    value_format: "#,##0.0"
  }
}
