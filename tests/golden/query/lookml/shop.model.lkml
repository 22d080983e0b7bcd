connection: "warehouse"
label: "Shop"

include: "*.view.lkml"

explore: orders {
  label: "Orders"
  sql_always_where: ${orders.status} <> 'test' ;;
  join: customers {
    type: left_outer
    relationship: many_to_one
    sql_on: ${orders.customer_id} = ${customers.id} ;;
  }
  join: regions {
    relationship: many_to_one
    sql_on: ${customers.region_id} = ${regions.id} ;;
  }
  join: items {
    type: inner
    relationship: one_to_many
    sql_on: ${items.order_id} = ${orders.id} ;;
  }
}

explore: order {
  from: orders
  join: buyer {
    from: customers
    view_label: "Buyer"
    relationship: many_to_one
    sql_on: ${order.customer_id} = ${buyer.id} ;;
  }
}

explore: buyers {
  access_filter: { field: regions.name user_attribute: region }
  join: customers {
    relationship: one_to_one
    type: full_outer
    sql_on: ${buyers.customer_id} = ${customers.id} ;;
  }
  join: regions {
    relationship: many_to_one
    sql_on: ${customers.region_id} = ${regions.id} ;;
  }
}
