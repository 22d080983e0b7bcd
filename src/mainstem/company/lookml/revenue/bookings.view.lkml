view: bookings {
  label: "Bookings"
  sql_table_name: lake.analytics.fct_booking ;;

  dimension: opportunity_id {
    primary_key: yes
    label: "Opportunity ID"
    description: "The CRM's id of the opportunity."
    type: string
    sql: ${TABLE}.opportunity_id ;;
  }

  dimension: account_id {
    hidden: yes
    description: "The account."
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: opportunity_type {
    label: "Kind"
    description: "new, renewal, expansion or resurrection."
    type: string
    sql: ${TABLE}.opportunity_type ;;
  }

  dimension_group: booked {
    label: "Booked"
    description: "Day it was signed."
    type: time
    timeframes: [date, week, month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.booked_on ;;
  }

  dimension: is_date_estimated {
    label: "Is date estimated"
    description: "Whether the CRM's date cannot be and another one stands in."
    type: yesno
    sql: ${TABLE}.is_date_estimated ;;
  }

  measure: bookings {
    description: "Price of everything signed."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.booking_cents / 100.0 ;;
  }

  measure: one_offs {
    label: "One offs"
    description: "Of it, what does not recur."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.one_off_cents / 100.0 ;;
  }

  measure: credits {
    description: "Of it, credits; negative."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.credit_cents / 100.0 ;;
  }

  measure: arr_signed {
    label: "ARR signed"
    description: "ARR of what was signed."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.arr_cents / 100.0 ;;
  }

  measure: deals {
    description: "Won opportunities."
    type: count
  }
}
