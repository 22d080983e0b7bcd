view: journey_flows {
  label: "Flows"
  sql_table_name: lake.analytics.fct_path_edge ;;

  dimension: path_edge_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.path_edge_id ;;
  }

  dimension: flow {
    description: "channels to trial, channels to purchase, or stages. Choose one: they show the same people."
    type: string
    sql: ${TABLE}.flow ;;
  }

  dimension_group: started {
    description: "Month in which the way began."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.started_month ;;
  }

  dimension: step {
    description: "Place on the way, from 1."
    type: number
    sql: ${TABLE}.step ;;
  }

  dimension: source {
    label: "From"
    description: "Where they were."
    type: string
    sql: ${TABLE}.source ;;
  }

  dimension: target {
    label: "To"
    description: "Where they went next."
    type: string
    sql: ${TABLE}.target ;;
  }

  dimension: is_exit {
    label: "Is exit"
    description: "Whether the way ends there."
    type: yesno
    sql: ${TABLE}.is_exit ;;
  }

  measure: journeys {
    description: "Journeys that went this way."
    type: sum
    sql: ${TABLE}.journeys ;;
    value_format: "#,##0"
  }
}
