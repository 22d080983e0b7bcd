view: experiments {
  label: "Experiments"
  sql_table_name: lake.analytics.fct_experiment_arm ;;

  dimension: arm_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.arm_id ;;
  }

  dimension: experiment_key {
    label: "Experiment"
    description: "The experiment."
    type: string
    sql: ${TABLE}.experiment_key ;;
  }

  dimension: variation_id {
    label: "Variation"
    description: "The variation; 0 is what everybody saw before."
    type: string
    sql: ${TABLE}.variation_id ;;
  }

  dimension_group: first_exposed {
    description: "When somebody first saw it."
    type: time
    timeframes: [time, date, week, month, quarter, year]
    sql: ${TABLE}.first_exposed_at ;;
  }

  measure: people {
    description: "People who saw this variation alone."
    type: sum
    sql: ${TABLE}.people ;;
    value_format: "#,##0"
  }

  measure: crossed_people {
    label: "People who saw several"
    description: "People who saw several variations, this one first; they are in no other number."
    type: sum
    sql: ${TABLE}.crossed_people ;;
    value_format: "#,##0"
  }

  measure: matured_people {
    label: "People (time over)"
    description: "People whose time for an outcome is over."
    type: sum
    sql: ${TABLE}.matured_people ;;
    value_format: "#,##0"
  }

  measure: trials {
    description: "People who started a trial."
    type: sum
    sql: ${TABLE}.people_with_trial ;;
    value_format: "#,##0"
  }

  measure: purchases {
    description: "People whose account bought."
    type: sum
    sql: ${TABLE}.people_with_purchase ;;
    value_format: "#,##0"
  }

  measure: activations {
    description: "People whose account has a server in use."
    type: sum
    sql: ${TABLE}.people_with_activated_usage ;;
    value_format: "#,##0"
  }

  measure: trial_rate {
    label: "Trial rate"
    description: "Trials for each person. Whether arms differ is for statistics to say."
    type: number
    sql: 1.0 * ${trials} / NULLIF(${people}, 0) ;;
    value_format: "0.00%"
  }
}
