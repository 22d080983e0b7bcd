view: journey_stages {
  label: "Journey stages"
  sql_table_name: lake.analytics.fct_journey_stage ;;

  dimension: journey_stage_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.journey_stage_id ;;
  }

  dimension: journey_id {
    label: "Journey ID"
    description: "The account where one is known, else the person."
    tags: ["cohort:journey"]
    type: string
    sql: ${TABLE}.journey_id ;;
  }

  dimension: person_id {
    label: "Person ID"
    description: "Who reached the stage; without an account, the journey is theirs."
    tags: ["cohort:person"]
    type: string
    sql: ${TABLE}.person_id ;;
  }

  dimension: account_id {
    label: "Account ID"
    description: "The account in the CRM; empty where none is known."
    tags: ["cohort:account"]
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: stage {
    description: "visit, download, trial, purchase, licence, server active or engaged."
    tags: ["cohort:event"]
    type: string
    order_by_field: stage_order
    sql: REPLACE(${TABLE}.stage, '_', ' ') ;;
  }

  dimension: stage_order {
    label: "Stage order"
    description: "Place of the stage on the way, from 1."
    type: number
    sql: ${TABLE}.stage_order ;;
  }

  dimension_group: entered {
    description: "When the stage was first reached."
    type: time
    timeframes: [time, date, week, month, quarter, year]
    sql: ${TABLE}.entered_at ;;
  }

  dimension_group: happened {
    hidden: yes
    type: time
    timeframes: [raw, date]
    tags: ["cohort:time"]
    sql: ${TABLE}.entered_at ;;
  }

  dimension: evidence {
    description: "What says so."
    type: string
    sql: ${TABLE}.evidence ;;
  }

  dimension: evidence_id {
    hidden: yes
    label: "Evidence ID"
    description: "Key of the event, licence, opportunity or server that says so."
    type: string
    sql: ${TABLE}.evidence_id ;;
  }

  dimension: next_stage {
    label: "Next stage"
    description: "The next later stage that was reached; empty where none was yet."
    type: string
    sql: REPLACE(${TABLE}.next_stage, '_', ' ') ;;
  }

  dimension: outcome {
    description: "went on, in flight (not yet, and there is still time), dropped off or arrived."
    type: string
    sql: ${TABLE}.outcome ;;
  }

  dimension: first_channel {
    label: "First channel"
    description: "What first brought them: by utm tags and referrer; direct where nothing says."
    type: string
    sql: ${TABLE}.first_channel ;;
  }

  dimension: is_furthest {
    label: "Is furthest"
    description: "Whether they got no further than this stage."
    type: yesno
    sql: ${TABLE}.is_furthest ;;
  }

  measure: journeys {
    description: "Journeys that reached the stage: accounts, and people without one."
    type: count_distinct
    sql: ${journey_id} ;;
    value_format: "#,##0"
    drill_fields: [journey_id, account_id, entered_date, evidence, next_stage, outcome]
  }

  measure: went_on {
    label: "Went on"
    description: "Journeys that reached a later stage."
    type: count
    filters: [outcome: "went on"]
    value_format: "#,##0"
  }

  measure: in_flight {
    label: "In flight"
    description: "Journeys that went no further yet and still have time to."
    type: count
    filters: [outcome: "in flight"]
    value_format: "#,##0"
  }

  measure: dropped_off {
    label: "Dropped off"
    description: "Journeys whose time to go on is over."
    type: count
    filters: [outcome: "dropped off"]
    value_format: "#,##0"
  }

  measure: went_on_rate {
    label: "Went on rate"
    description: "Of the journeys that had their time: the share that went on."
    type: number
    sql: 1.0 * ${went_on} / NULLIF(${went_on} + ${dropped_off}, 0) ;;
    value_format: "0.0%"
  }

  measure: median_days_to_next {
    label: "Days to next stage (median)"
    description: "Days until half of those who went on had done so."
    type: median
    sql: ${TABLE}.days_to_next ;;
    value_format: "0.0"
  }
}
