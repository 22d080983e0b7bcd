view: installations {
  sql_table_name: lake.analytics.dim_installation ;;
  view_label: "Installations"

  dimension: installation_id {
    primary_key: yes
    label: "Installation ID"
    type: string
    description: "Servers and licences that belong together, as one."
    sql: ${TABLE}.installation_id ;;
  }

  dimension: account_id {
    label: "Account ID"
    tags: ["cohort:account"]
    type: string
    description: "The account of its servers; blank where they have several or none."
    sql: ${TABLE}.account_id ;;
  }

  dimension_group: first_seen {
    type: time
    timeframes: [date, month, quarter, year]
    description: "First report of one of its servers."
    sql: ${TABLE}.first_seen_at ;;
  }

  measure: installations {
    type: count
    description: "Installations, each counted once."
    drill_fields: [installation_id, account_id, first_seen_date, servers, licences]
  }

  measure: servers {
    type: sum
    description: "Their servers: a cluster, a move to a new machine, a test server beside it."
    sql: ${TABLE}.n_servers ;;
  }

  measure: licences {
    type: sum
    description: "Their licences, one after another."
    sql: ${TABLE}.n_licences ;;
  }
}
