view: line_items {
  label: "Products sold"
  sql_table_name: lake.analytics.fct_line_item ;;

  dimension: line_item_id {
    primary_key: yes
    label: "Line item ID"
    description: "The CRM's id of the line item."
    type: string
    sql: ${TABLE}.line_item_id ;;
  }

  dimension: account_id {
    hidden: yes
    description: "The account."
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: opportunity_id {
    label: "Opportunity ID"
    description: "The won opportunity."
    type: string
    sql: ${TABLE}.opportunity_id ;;
  }

  dimension: product {
    description: "What was sold."
    type: string
    sql: ${TABLE}.product ;;
  }

  dimension: term_kind {
    label: "Term kind"
    description: "annual, multi_year, part_year, one_off or impossible."
    type: string
    sql: ${TABLE}.term_kind ;;
  }

  dimension: arr_rule {
    label: "Rule"
    description: "How its ARR was told."
    type: string
    sql: ${TABLE}.arr_rule ;;
  }

  dimension_group: term_start {
    label: "Term start"
    description: "First day of the term."
    type: time
    timeframes: [date, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.term_start ;;
  }

  dimension_group: term_end {
    label: "Term end"
    description: "Last day of the term."
    type: time
    timeframes: [date, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.term_end ;;
  }

  measure: price {
    description: "Price of the whole term."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.total_cents / 100.0 ;;
  }

  measure: arr {
    label: "ARR of term"
    description: "ARR while the term runs."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.arr_cents / 100.0 ;;
  }

  measure: line_items {
    label: "Line items"
    description: "Line items."
    type: count
  }
}
