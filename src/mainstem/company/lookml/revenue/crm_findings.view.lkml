view: crm_findings {
  label: "CRM to mend"
  sql_table_name: lake.analytics.crm_data_quality ;;

  dimension: finding_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.finding_id ;;
  }

  dimension: rule_name {
    label: "Problem"
    description: "What is wrong."
    type: string
    sql: ${TABLE}.rule_name ;;
  }

  dimension: table_name {
    label: "Table"
    description: "Table of the CRM."
    type: string
    sql: ${TABLE}.table_name ;;
  }

  dimension: row_id {
    label: "Row"
    description: "The row to mend."
    type: string
    sql: ${TABLE}.row_id ;;
  }

  dimension: column_name {
    label: "Column"
    description: "The column to look at."
    type: string
    sql: ${TABLE}.column_name ;;
  }

  dimension: found_value {
    label: "Found"
    description: "What it holds."
    type: string
    sql: ${TABLE}.found_value ;;
  }

  dimension: effect {
    description: "What is made of it meanwhile."
    type: string
    sql: ${TABLE}.effect ;;
  }

  dimension: account_id {
    hidden: yes
    description: "The account."
    type: string
    sql: ${TABLE}.account_id ;;
  }

  measure: findings {
    label: "Problems"
    description: "Things to mend."
    type: count
  }
}
