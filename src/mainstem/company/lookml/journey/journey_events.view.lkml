view: journey_events {
  label: "Events"
  sql_table_name: lake.analytics.fct_journey_event ;;

  dimension: event_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.event_id ;;
  }

  dimension: journey_id {
    label: "Journey ID"
    description: "The account where one is known, else the person; empty for those who did not want to be known."
    tags: ["cohort:journey"]
    type: string
    sql: ${TABLE}.journey_id ;;
  }

  dimension: person_id {
    label: "Person ID"
    description: "Who did it; empty for those who did not want to be known."
    tags: ["cohort:person"]
    type: string
    sql: ${TABLE}.person_id ;;
  }

  dimension: account_id {
    label: "Account ID"
    description: "Their account in the CRM; empty where none is known."
    tags: ["cohort:account"]
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: event {
    description: "page, download, trial, purchase, licence, server_active or engaged."
    tags: ["cohort:event"]
    type: string
    sql: ${TABLE}.event ;;
  }

  dimension: page {
    description: "Path of the page it happened on; empty where it was no page."
    type: string
    sql: ${TABLE}.page_path ;;
  }

  dimension_group: happened {
    description: "When it happened."
    tags: ["cohort:time"]
    type: time
    timeframes: [raw, time, date, week, month, quarter, year]
    sql: ${TABLE}.occurred_at ;;
  }

  measure: events {
    description: "How often."
    type: count
    value_format: "#,##0"
  }

  measure: people {
    description: "People who did it, each counted once."
    type: count_distinct
    sql: ${person_id} ;;
    value_format: "#,##0"
  }

  measure: accounts {
    description: "Accounts whose people did it, each counted once."
    type: count_distinct
    sql: ${account_id} ;;
    value_format: "#,##0"
  }
}
