view: identity_suspect_nodes {
  sql_table_name: lake.analytics.identity_suspect_nodes ;;
  view_label: "Suspects"

  dimension: suspect_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.suspect_id ;;
  }

  dimension: id_type {
    label: "Kind of id"
    type: string
    description: "Type of the id: anonymous_id, portal_user, email, crm_lead, crm_contact, licence, server, person."
    sql: ${TABLE}.id_type ;;
  }

  dimension: id_value {
    label: "The id"
    type: string
    description: "The id itself."
    sql: ${TABLE}.id_value ;;
  }

  dimension: reason {
    type: string
    description: "The rule that it broke."
    sql: ${TABLE}.reason ;;
  }

  measure: suspects {
    type: count
    description: "Ids that join nothing because they broke a rule."
    drill_fields: [id_type, id_value, reason, evidence]
  }

  measure: evidence {
    type: sum
    description: "Edges, users, servers or accounts that were left out or stand against each other."
    sql: ${TABLE}.n_evidence ;;
  }
}
