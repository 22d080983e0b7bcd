connection: "warehouse"
label: "The company"
week_start_day: sunday
fiscal_month_offset: -3

include: "/views/*.view"
include: "/views/refinements"
include: "//shared/views/calendar.view"

datagroup: nightly { max_cache_age: "24 hours" }
access_grant: sees_places { user_attribute: team allowed_values: ["care", "sales"] }
named_value_format: big_money { value_format: "$#,##0,\"K\"" }

explore: guarded {
  extension: required
  access_filter: { field: customers.id user_attribute: customer }
}

explore: orders {
  extends: [guarded]
  always_filter: { filters: [orders.created_date: "90 days"] }
  conditionally_filter: { filters: [orders.status: "PAID"] unless: [orders.id] }
  sql_always_where: ${orders.status} <> 'TEST' ;;
  fields: [ALL_FIELDS*, -customers.home]
  join: customers { foreign_key: orders.id }
  join: calendar { type: inner sql_on: ${orders.created_date} = ${calendar.day} ;; fields: [calendar.day] }
  join: tags { from: customers sql: LEFT JOIN UNNEST(${orders.status}) AS tags ;; relationship: one_to_many }
  query: by_state {
    dimensions: [orders.status]
    measures: [orders.revenue]
    filters: [orders.created_date: "7 days"]
    sorts: [orders.revenue: desc]
    limit: 10
  }
}

explore: customers {
  join: customer_orders { sql_on: ${customers.id} = ${customer_orders.customer_id} ;; relationship: one_to_one }
}

test: revenue_is_positive {
  explore_source: orders {
    column: revenue { field: orders.revenue }
  }
  assert: positive { expression: ${orders.revenue} > 0 ;; }
}
