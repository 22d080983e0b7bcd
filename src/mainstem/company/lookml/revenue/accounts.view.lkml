view: accounts {
  label: "Accounts"
  sql_table_name: lake.analytics.account_360 ;;

  dimension: account_id {
    primary_key: yes
    label: "Account ID"
    description: "The CRM's id of the account."
    tags: ["cohort:account"]
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: account_name {
    label: "Account"
    description: "Its name."
    type: string
    sql: ${TABLE}.account_name ;;
  }

  dimension: domain {
    description: "Internet domain of the company."
    type: string
    sql: ${TABLE}.domain ;;
  }

  dimension: region {
    description: "Part of the world it is looked after from."
    type: string
    sql: ${TABLE}.region ;;
  }

  dimension: owner_name {
    label: "Owner"
    description: "The salesperson who looks after it."
    type: string
    sql: ${TABLE}.owner_name ;;
  }

  dimension: account_status {
    label: "Status"
    description: "customer, former customer, future customer or prospect."
    type: string
    sql: ${TABLE}.account_status ;;
  }

  dimension: plan {
    description: "Plan it bought."
    type: string
    sql: ${TABLE}.plan ;;
  }

  dimension: seats {
    description: "People it bought for."
    type: number
    sql: ${TABLE}.seats ;;
  }

  dimension: customer_since {
    label: "Customer since"
    description: "First day it paid."
    type: date
    group_label: "Money"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.customer_since ;;
  }

  dimension: arr {
    label: "ARR"
    description: "Annual recurring revenue today."
    type: number
    value_format_name: usd_0
    group_label: "Money"
    sql: ${TABLE}.arr_cents / 100.0 ;;
  }

  dimension: last_movement_type {
    label: "Last change"
    description: "How its ARR changed last: new, pays more, pays less, left or came back."
    type: string
    group_label: "Money"
    sql: CASE ${TABLE}.last_movement_type WHEN 'churn' THEN 'left' WHEN 'resurrection' THEN 'came back' WHEN 'expansion' THEN 'pays more' WHEN 'contraction' THEN 'pays less' ELSE ${TABLE}.last_movement_type END ;;
  }

  dimension: last_movement_on {
    label: "Last change on"
    description: "When that was."
    type: date
    group_label: "Money"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.last_movement_on ;;
  }

  dimension: last_movement {
    label: "Last change of ARR"
    description: "By how much."
    type: number
    value_format_name: usd_0
    group_label: "Money"
    sql: ${TABLE}.last_movement_cents / 100.0 ;;
  }

  dimension: next_renewal_on {
    label: "Next renewal"
    description: "Last day of the next term to end that is not decided."
    type: date
    group_label: "Money"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.next_renewal_on ;;
  }

  dimension: next_renewal {
    label: "ARR to renew"
    description: "ARR that ends then."
    type: number
    value_format_name: usd_0
    group_label: "Money"
    sql: ${TABLE}.next_renewal_cents / 100.0 ;;
  }

  dimension: next_renewal_status {
    label: "Renewal status"
    description: "open or overdue."
    type: string
    group_label: "Money"
    sql: ${TABLE}.next_renewal_status ;;
  }

  dimension: next_renewal_blank_reason {
    label: "Next renewal blank because"
    description: "Why it is blank."
    type: string
    group_label: "Money"
    sql: ${TABLE}.next_renewal_blank_reason ;;
  }

  dimension: health_score {
    label: "Health"
    description: "0 to 100, from the parts that are known: a guide for whom to call first."
    type: number
    group_label: "Health"
    sql: ${TABLE}.health_score ;;
  }

  dimension: health_blank_reason {
    label: "Health blank because"
    description: "Why it is blank."
    type: string
    group_label: "Health"
    sql: ${TABLE}.health_blank_reason ;;
  }

  dimension: health_usage {
    label: "Health usage"
    description: "Part, 0 to 100: how much of its seats is used every day."
    type: number
    group_label: "Health"
    sql: ${TABLE}.health_usage ;;
  }

  dimension: health_trend {
    label: "Health trend"
    description: "Part: more or less use than four weeks before; 50 is no change."
    type: number
    group_label: "Health"
    sql: ${TABLE}.health_trend ;;
  }

  dimension: health_features {
    label: "Health features"
    description: "Part: features used, of those it could use."
    type: number
    group_label: "Health"
    sql: ${TABLE}.health_features ;;
  }

  dimension: health_version {
    label: "Health version"
    description: "Part: how new its release is."
    type: number
    group_label: "Health"
    sql: ${TABLE}.health_version ;;
  }

  dimension: health_support {
    label: "Health support"
    description: "Part: good answers about support."
    type: number
    group_label: "Health"
    sql: ${TABLE}.health_support ;;
  }

  dimension: linked_servers {
    label: "Linked servers"
    description: "Servers that run with its licences."
    type: number
    group_label: "Use"
    sql: ${TABLE}.linked_servers ;;
  }

  dimension: active_servers {
    label: "Active servers"
    description: "Of them, alive in the last 28 days."
    type: number
    group_label: "Use"
    sql: ${TABLE}.active_servers ;;
  }

  dimension: servers_as_of {
    label: "Servers as of"
    description: "Last sign of life."
    type: date
    group_label: "Use"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.servers_as_of ;;
  }

  dimension: servers_blank_reason {
    label: "Servers blank because"
    description: "Why it is blank."
    type: string
    group_label: "Use"
    sql: ${TABLE}.servers_blank_reason ;;
  }

  dimension: daily_active_users_7d {
    label: "Daily users, 7 days"
    description: "People active on a day of the last 7, on average."
    type: number
    value_format_name: decimal_1
    group_label: "Use"
    sql: ${TABLE}.daily_active_users_7d ;;
  }

  dimension: daily_active_users_28d {
    label: "Daily users, 28 days"
    description: "People active on a day of the last 28, on average."
    type: number
    value_format_name: decimal_1
    group_label: "Use"
    sql: ${TABLE}.daily_active_users_28d ;;
  }

  dimension: usage_as_of {
    label: "Daily users as of"
    description: "Last day of which a server told."
    type: date
    group_label: "Use"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.usage_as_of ;;
  }

  dimension: usage_blank_reason {
    label: "Daily users blank because"
    description: "Why it is blank."
    type: string
    group_label: "Use"
    sql: ${TABLE}.usage_blank_reason ;;
  }

  dimension: last_version {
    label: "Version"
    description: "Release it runs."
    type: string
    group_label: "Use"
    sql: ${TABLE}.last_version ;;
  }

  dimension: version_age_days {
    label: "Days since release"
    description: "Days since that release came out."
    type: number
    group_label: "Use"
    sql: ${TABLE}.version_age_days ;;
  }

  dimension: version_as_of {
    label: "Version as of"
    description: "When it was told."
    type: date
    group_label: "Use"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.version_as_of ;;
  }

  dimension: version_blank_reason {
    label: "Version blank because"
    description: "Why it is blank."
    type: string
    group_label: "Use"
    sql: ${TABLE}.version_blank_reason ;;
  }

  dimension: features_used {
    label: "Features used"
    description: "Features used in 28 days."
    type: number
    group_label: "Use"
    sql: ${TABLE}.features_used ;;
  }

  dimension: features_told {
    label: "Features it can tell of"
    description: "Features its servers can tell of."
    type: number
    group_label: "Use"
    sql: ${TABLE}.features_told ;;
  }

  dimension: features_as_of {
    label: "Features as of"
    description: "Last day of which a server could tell."
    type: date
    group_label: "Use"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.features_as_of ;;
  }

  dimension: features_blank_reason {
    label: "Features blank because"
    description: "Why it is blank."
    type: string
    group_label: "Use"
    sql: ${TABLE}.features_blank_reason ;;
  }

  dimension: web_visits_30d {
    label: "Website visits, 30 days"
    description: "Visits of its people to our website in 30 days."
    type: number
    group_label: "Interest"
    sql: ${TABLE}.web_visits_30d ;;
  }

  dimension: trials_30d {
    label: "Trials, 30 days"
    description: "Trials its people started in 30 days."
    type: number
    group_label: "Interest"
    sql: ${TABLE}.trials_30d ;;
  }

  dimension: web_as_of {
    label: "Website as of"
    description: "Last day with website events."
    type: date
    group_label: "Interest"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.web_as_of ;;
  }

  dimension: web_blank_reason {
    label: "Website blank because"
    description: "Why it is blank."
    type: string
    group_label: "Interest"
    sql: ${TABLE}.web_blank_reason ;;
  }

  dimension: first_touch_channel {
    label: "First came by"
    description: "How the first of its people came to us."
    type: string
    group_label: "Interest"
    sql: ${TABLE}.first_touch_channel ;;
  }

  dimension: first_touch_blank_reason {
    label: "First came by blank because"
    description: "Why it is blank."
    type: string
    group_label: "Interest"
    sql: ${TABLE}.first_touch_blank_reason ;;
  }

  dimension: open_tickets {
    label: "Open tickets"
    description: "Support tickets not solved."
    type: number
    group_label: "Support"
    sql: ${TABLE}.open_tickets ;;
  }

  dimension: tickets_90d {
    label: "Tickets, 90 days"
    description: "Support tickets in 90 days."
    type: number
    group_label: "Support"
    sql: ${TABLE}.tickets_90d ;;
  }

  dimension: support_as_of {
    label: "Tickets as of"
    description: "Last day of which support told."
    type: date
    group_label: "Support"
    datatype: date
    convert_tz: no
    sql: ${TABLE}.support_as_of ;;
  }

  dimension: support_blank_reason {
    label: "Tickets blank because"
    description: "Why it is blank."
    type: string
    group_label: "Support"
    sql: ${TABLE}.support_blank_reason ;;
  }

  dimension: last_satisfaction {
    label: "Last said"
    description: "good or bad, the last time it said how support was."
    type: string
    group_label: "Support"
    sql: ${TABLE}.last_satisfaction ;;
  }

  dimension: satisfaction_blank_reason {
    label: "Last said blank because"
    description: "Why it is blank."
    type: string
    group_label: "Support"
    sql: ${TABLE}.satisfaction_blank_reason ;;
  }

  measure: accounts {
    description: "Accounts."
    type: count
  }

  measure: customers {
    description: "Accounts that pay today."
    type: count
    filters: [account_status: "customer"]
  }

  measure: total_arr {
    label: "Total ARR"
    description: "ARR today of all these accounts."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.arr_cents / 100.0 ;;
  }

  measure: average_health {
    label: "Average health"
    description: "Health on average, of accounts that have one."
    type: average
    value_format_name: decimal_0
    sql: ${TABLE}.health_score ;;
  }

  measure: total_to_renew {
    label: "ARR to renew, total"
    description: "ARR of the next renewals."
    type: sum
    value_format_name: usd_0
    sql: ${TABLE}.next_renewal_cents / 100.0 ;;
  }

  measure: total_seats {
    label: "Total seats"
    description: "Seats of all these accounts."
    type: sum
    sql: ${TABLE}.seats ;;
  }
}
