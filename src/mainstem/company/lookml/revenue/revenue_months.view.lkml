view: revenue_months {
  label: "Revenue by month"
  sql_table_name: lake.analytics.fct_revenue_month ;;

  dimension: revenue_month_id {
    primary_key: yes
    hidden: yes
    type: date
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month_start ;;
  }

  dimension_group: revenue {
    label: "Revenue"
    description: "The month."
    type: time
    timeframes: [month, date]
    datatype: date
    convert_tz: no
    sql: ${TABLE}.month_start ;;
  }

  dimension: is_complete {
    label: "Is complete"
    description: "Whether the month is over."
    type: yesno
    sql: ${TABLE}.is_complete ;;
  }

  dimension: fiscal_quarter_name {
    label: "Fiscal quarter"
    description: "Fiscal quarter, such as FY2026-Q1."
    type: string
    sql: ${TABLE}.fiscal_quarter_name ;;
  }

  dimension: fiscal_year_name {
    label: "Fiscal year"
    description: "Fiscal year, such as FY2026."
    type: string
    sql: ${TABLE}.fiscal_year_name ;;
  }

  measure: start_arr {
    label: "ARR at start"
    description: "ARR at the start of the month."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.start_cents / 100.0 ;;
  }

  measure: new_arr {
    label: "New"
    description: "ARR of accounts that were never customers before."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.new_cents / 100.0 ;;
  }

  measure: expansion {
    description: "More ARR from customers."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.expansion_cents / 100.0 ;;
  }

  measure: came_back {
    label: "Came back"
    description: "ARR of former customers that came back."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.resurrection_cents / 100.0 ;;
  }

  measure: contraction {
    description: "Less ARR from customers; negative."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.contraction_cents / 100.0 ;;
  }

  measure: churn {
    label: "Left"
    description: "ARR of customers that left; negative."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.churn_cents / 100.0 ;;
  }

  measure: end_arr {
    label: "ARR at end"
    description: "ARR at the end of the month. Ask for it by month."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.end_cents / 100.0 ;;
  }

  measure: customers {
    description: "Customers at the end of the month. Ask for it by month."
    type: sum
    sql: ${TABLE}.end_accounts ;;
  }

  measure: new_customers {
    label: "New customers"
    description: "Accounts that became customers."
    type: sum
    sql: ${TABLE}.new_accounts ;;
  }

  measure: customers_back {
    label: "Customers that came back"
    description: "Former customers that came back."
    type: sum
    sql: ${TABLE}.resurrected_accounts ;;
  }

  measure: customers_left {
    label: "Customers left"
    description: "Customers that left."
    type: sum
    sql: ${TABLE}.churned_accounts ;;
  }

  measure: late_renewals {
    label: "Late renewals"
    description: "Of those that left, customers that signed again soon after: late renewals."
    type: sum
    sql: ${TABLE}.late_renewal_accounts ;;
  }

  measure: customers_lost_in_month {
    label: "Customers lost in month"
    description: "Customers at the start of the month that are none at its end."
    type: sum
    sql: ${TABLE}.lost_accounts ;;
  }

  measure: customers_at_start {
    label: "Customers at start"
    description: "Customers at the start of the month."
    type: sum
    sql: ${TABLE}.start_accounts ;;
  }

  measure: share_of_customers_lost {
    label: "Share of customers lost"
    description: "Customers lost in the month, of those at its start (logo churn)."
    type: number
    value_format_name: percent_1
    sql: 1.0 * ${customers_lost_in_month} / NULLIF(${customers_at_start}, 0) ;;
  }

  measure: retention_base {
    label: "Retention base"
    description: "ARR a year earlier, of the customers of then."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.retention_base_cents / 100.0 ;;
  }

  measure: retention_net {
    label: "Retention net"
    description: "What those customers pay now."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.retention_net_cents / 100.0 ;;
  }

  measure: retention_gross {
    label: "Retention gross"
    description: "What those customers pay now, growth left out."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.retention_gross_cents / 100.0 ;;
  }

  measure: net_revenue_retention {
    label: "Net revenue retention"
    description: "What last year's customers pay now, of what they paid then (NRR)."
    type: number
    value_format_name: percent_1
    sql: 1.0 * ${retention_net} / NULLIF(${retention_base}, 0) ;;
  }

  measure: gross_revenue_retention {
    label: "Gross revenue retention"
    description: "The same without growth: at most 100% (GRR)."
    type: number
    value_format_name: percent_1
    sql: 1.0 * ${retention_gross} / NULLIF(${retention_base}, 0) ;;
  }

  measure: quick_ratio {
    label: "Quick ratio"
    description: "ARR won for each dollar of ARR lost."
    type: number
    value_format_name: decimal_1
    sql: 1.0 * (${new_arr} + ${expansion} + ${came_back}) / NULLIF(-(${contraction} + ${churn}), 0) ;;
  }

  measure: bookings {
    description: "Price of everything signed in the month, for the whole of its terms."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.bookings_cents / 100.0 ;;
  }

  measure: recurring_revenue {
    label: "Recurring revenue"
    description: "Price of running terms for their days in the month."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.recurring_revenue_cents / 100.0 ;;
  }

  measure: one_off_revenue {
    label: "One off revenue"
    description: "One-offs such as training."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.one_off_revenue_cents / 100.0 ;;
  }

  measure: campaign_costs {
    label: "Campaign costs"
    description: "What campaigns cost; blank when nobody told."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.campaign_cost_cents / 100.0 ;;
  }
}
