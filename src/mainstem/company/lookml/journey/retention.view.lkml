view: retention {
  label: "Retention"
  sql_table_name: lake.analytics.fct_retention ;;

  dimension: retention_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.retention_id ;;
  }

  dimension: retention {
    label: "Retention of"
    description: "Who and what: visitors, trials, customers or servers. Choose one."
    type: string
    sql: ${TABLE}.retention ;;
  }

  dimension: method {
    description: "exact (on that day), bracket (between the days) or rolling (on that day or later). Choose one."
    type: string
    sql: ${TABLE}.method ;;
  }

  dimension: first_day {
    label: "Day"
    description: "Days after the first."
    type: number
    sql: ${TABLE}.first_day ;;
  }

  dimension: last_day {
    label: "Last day"
    description: "Last day of a bracket."
    type: number
    sql: ${TABLE}.last_day ;;
  }

  dimension_group: cohort {
    description: "Day on which they began."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.cohort_date ;;
  }

  dimension: is_matured {
    label: "Is final"
    description: "Whether the days have passed, so that the number can stand."
    type: yesno
    sql: ${TABLE}.is_matured ;;
  }

  measure: started {
    description: "Who began. For one day and method: in a sum over several they count again."
    type: sum
    sql: ${TABLE}.cohort_size ;;
    value_format: "#,##0"
  }

  measure: matured_started {
    label: "Matured started"
    description: "Who began long enough ago."
    type: sum
    filters: [is_matured: "yes"]
    sql: ${TABLE}.cohort_size ;;
    value_format: "#,##0"
  }

  measure: came_back {
    label: "Came back"
    description: "Those who began long enough ago and came back."
    type: sum
    filters: [is_matured: "yes"]
    sql: ${TABLE}.retained ;;
    value_format: "#,##0"
  }

  measure: retention_rate {
    label: "Retention rate"
    description: "Of those who began long enough ago: the share that came back."
    type: number
    sql: 1.0 * ${came_back} / NULLIF(${matured_started}, 0) ;;
    value_format: "0.0%"
  }
}
