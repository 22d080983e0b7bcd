view: +orders {
  label: "All @{noun}s"
  dimension: status {
    label: "State"
    sql: COALESCE(${EXTENDED}, 'NEW') ;;
    link: { label: "Search" url: "https://search.example/?q={{ value }}" }
  }
  measure: paid_revenue { filters: [created_date: "7 days"] }
}

explore: +orders {
  label: "Everything ordered"
  join: customers { relationship: one_to_one }
}
