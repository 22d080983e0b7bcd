view: bookings_bridge {
  label: "Bookings to ARR"
  sql_table_name: lake.analytics.fct_bookings_bridge ;;

  dimension: bridge_month_id {
    primary_key: yes
    hidden: yes
    type: date
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month_start ;;
  }

  dimension_group: bridge {
    label: "Bookings"
    description: "The month."
    type: time
    timeframes: [month, quarter, year]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month_start ;;
  }

  measure: bookings {
    description: "Price of everything signed, for the whole of its terms."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.bookings_cents / 100.0 ;;
  }

  measure: credits {
    description: "Credits given; negative."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.credit_cents / 100.0 ;;
  }

  measure: cannot_tell {
    label: "Impossible terms"
    description: "Terms whose dates cannot be."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.unknown_cents / 100.0 ;;
  }

  measure: one_offs {
    label: "One offs"
    description: "What does not recur, taken off."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.one_off_cents / 100.0 ;;
  }

  measure: later_years {
    label: "Later years"
    description: "What is paid for years after the first, taken off."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.multi_year_cents / 100.0 ;;
  }

  measure: part_years {
    label: "Part years made whole"
    description: "What terms under a year would cost for a whole one, added."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.part_year_cents / 100.0 ;;
  }

  measure: leap_days {
    label: "Leap days"
    description: "Terms of 365 or 366 days that are not exactly a year."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.leap_cents / 100.0 ;;
  }

  measure: arr_signed {
    label: "ARR signed"
    description: "ARR of what was signed."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.booked_arr_cents / 100.0 ;;
  }

  measure: starts_later {
    label: "Begins in another month"
    description: "Signed now, begins in another month; taken off."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.future_dated_cents / 100.0 ;;
  }

  measure: signed_elsewhere {
    label: "Signed in another month"
    description: "Begins now, signed in another month; added."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.begun_from_others_cents / 100.0 ;;
  }

  measure: terms_ended {
    label: "Terms ended"
    description: "Terms that ended; those renewed begin again."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.ended_cents / 100.0 ;;
  }

  measure: arr_change {
    label: "Change of ARR"
    description: "How ARR changed."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.arr_change_cents / 100.0 ;;
  }
}
