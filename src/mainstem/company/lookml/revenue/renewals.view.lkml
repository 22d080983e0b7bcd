view: renewals {
  label: "Renewals"
  sql_table_name: lake.analytics.fct_renewal ;;

  dimension: renewal_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.renewal_id ;;
  }

  dimension: account_id {
    hidden: yes
    description: "The account."
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension_group: term_end {
    label: "Term end"
    description: "Last day of the term."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.term_ends_on ;;
  }

  dimension_group: won {
    label: "Signed"
    description: "When the renewal was signed."
    type: time
    timeframes: [date, month]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.won_on ;;
  }

  dimension: renewal_status {
    label: "Status"
    description: "renewed, renewed for less, lost, overdue or open."
    type: string
    sql: ${TABLE}.renewal_status ;;
  }

  dimension: is_decided {
    label: "Is decided"
    description: "Neither open nor overdue."
    type: yesno
    sql: ${TABLE}.is_decided ;;
  }

  measure: available {
    label: "Up for renewal"
    description: "ARR that ends."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.available_cents / 100.0 ;;
  }

  measure: renewed {
    description: "Of it, signed again; growth left out."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.renewed_cents / 100.0 ;;
  }

  measure: won {
    label: "Won with growth"
    description: "ARR of the renewals, growth included."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.won_cents / 100.0 ;;
  }

  measure: available_decided {
    label: "Decided"
    description: "ARR that ended and was renewed or lost."
    type: sum
    filters: [is_decided: "yes"]
    value_format_name: usd_0
    sql: ${TABLE}.available_cents / 100.0 ;;
  }

  measure: renewed_decided {
    label: "Renewed of decided"
    description: "Of it, signed again."
    type: sum
    filters: [is_decided: "yes"]
    value_format_name: usd_0
    sql: ${TABLE}.renewed_cents / 100.0 ;;
  }

  measure: renewal_rate {
    label: "Renewal rate"
    description: "ARR signed again, of that decided."
    type: number
    value_format_name: percent_1
    sql: 1.0 * ${renewed_decided} / NULLIF(${available_decided}, 0) ;;
  }

  measure: renewals {
    description: "Terms that end."
    type: count
  }
}
