include: "*.view.lkml"

explore: feature_estimate {
  label: "Feature usage"
  group_label: "Product"
  description: "How much a feature is used, over all active servers, with how far that is known. One method at a time."
  always_filter: {
    filters: [feature_estimate.method: "post_stratified_by_users"]
  }
}

explore: feature_coverage {
  label: "Feature coverage"
  group_label: "Product"
  description: "For how many servers and people a feature's numbers speak, day by day."
}

explore: feature_reach {
  label: "Feature reach"
  group_label: "Product"
  description: "When a feature came to be told of by a quarter, a half and three quarters of all servers."
}

explore: thread_month {
  label: "Threads"
  group_label: "Product"
  description: "How many replies a thread gets, on servers that can tell us."
  query: replies_by_month {
    label: "How many replies a thread gets, by month"
    dimensions: [thread_month.begun_month]
    measures: [thread_month.replies_per_thread, thread_month.median_replies]
    sorts: [thread_month.begun_month: desc]
    filters: [thread_month.replies_per_thread: "NOT NULL"]
  }
  query: who_can_tell {
    label: "How many servers can tell, by month"
    dimensions: [thread_month.begun_month]
    measures: [thread_month.coverage]
    sorts: [thread_month.begun_month: desc]
  }
}

explore: thread_hour {
  label: "Threads by the hour"
  group_label: "Product"
  description: "How many threads go on at once, by channel and hour."
  sql_always_where: NOT ${server.is_excluded} ;;
  join: server {
    type: inner
    relationship: many_to_one
    sql_on: ${server.id} = ${thread_hour.server_id} ;;
  }
}

explore: feature_day {
  label: "Features by server and day"
  group_label: "Product"
  description: "Which server used which feature on which day, and whether it could tell us."
}

explore: active_fleet {
  label: "Active servers"
  group_label: "Product"
  description: "How many servers are active in a month: heard of, and those never heard of."
}

explore: server_day {
  label: "Servers by release"
  group_label: "Product"
  description: "Which releases servers run, day by day; servers that do not count are left out."
  sql_always_where: NOT ${server.is_excluded} ;;
  join: server {
    type: inner
    relationship: many_to_one
    sql_on: ${server.id} = ${server_day.server_id} ;;
  }
}

explore: server {
  label: "Servers, one by one"
  group_label: "Product"
  description: "Every server ever heard of, with what it is and why it may not count."
}

explore: upgrade {
  label: "Upgrades"
  group_label: "Product"
  description: "Servers that changed their release."
  sql_always_where: NOT ${server.is_excluded} ;;
  join: server {
    type: inner
    relationship: many_to_one
    sql_on: ${server.id} = ${upgrade.server_id} ;;
  }
}

explore: upgrade_speed {
  label: "Speed of upgrades"
  group_label: "Product"
  description: "How long after a release servers come to run it."
}

explore: feature_revenue {
  label: "Feature coverage by revenue"
  group_label: "Product"
  description: "For how much revenue a feature's numbers speak."
}
