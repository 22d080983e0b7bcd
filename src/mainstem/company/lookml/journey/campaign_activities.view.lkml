view: campaign_activities {
  label: "Campaign activities"
  sql_table_name: lake.analytics.fct_campaign_activity ;;

  dimension: campaign_activity_id {
    primary_key: yes
    hidden: yes
    type: string
    sql: ${TABLE}.campaign_activity_id ;;
  }

  dimension: campaign_name {
    label: "Campaign"
    description: "Its name in small letters, as links carry it."
    type: string
    sql: ${TABLE}.campaign_name ;;
  }

  dimension: channel {
    description: "What kind of campaign marketing says it is; blank for one that marketing does not know."
    type: string
    sql: ${TABLE}.channel ;;
  }

  dimension: activity_type {
    label: "Activity"
    description: "email sent, delivered, bounced, opened, clicked or unsubscribed; form submitted; webinar registered or attended."
    tags: ["cohort:event"]
    type: string
    sql: REPLACE(${TABLE}.activity_type, '_', ' ') ;;
  }

  dimension: asset {
    description: "The e-mail, form or webinar."
    type: string
    sql: ${TABLE}.asset ;;
  }

  dimension: is_response {
    label: "Is an answer"
    description: "Whether somebody answered by it; to open an e-mail is no answer, since programs do that too."
    type: yesno
    sql: ${TABLE}.is_response ;;
  }

  dimension: person_id {
    label: "Person ID"
    description: "Who it was; blank where nobody gave the e-mail address on the website."
    tags: ["cohort:person"]
    type: string
    sql: ${TABLE}.person_id ;;
  }

  dimension: account_id {
    label: "Account ID"
    description: "Their account in the CRM; blank where none is known."
    tags: ["cohort:account"]
    type: string
    sql: ${TABLE}.account_id ;;
  }

  dimension: journey_id {
    label: "Journey ID"
    description: "The account where one is known, else the person; blank where neither is."
    tags: ["cohort:journey"]
    type: string
    sql: ${TABLE}.journey_id ;;
  }

  dimension_group: occurred {
    label: "Happened"
    description: "When it happened."
    type: time
    timeframes: [time, date, week, month, quarter, year]
    sql: ${TABLE}.occurred_at ;;
  }

  dimension_group: happened {
    hidden: yes
    type: time
    timeframes: [raw, date]
    tags: ["cohort:time"]
    sql: ${TABLE}.occurred_at ;;
  }

  dimension: has_purchase_after {
    label: "Bought after"
    description: "Whether the journey first bought after it; that it bought because of it is not said."
    type: yesno
    sql: ${TABLE}.purchase_at IS NOT NULL ;;
  }

  measure: activities {
    description: "What was sent or done, each time."
    type: count
    value_format: "#,##0"
    drill_fields: [occurred_time, campaign_name, activity_type, asset, journey_id]
  }

  measure: emails_sent {
    label: "E-mails sent"
    description: "E-mails that were sent."
    type: count
    filters: [activity_type: "email sent"]
    value_format: "#,##0"
  }

  measure: emails_opened {
    label: "E-mails opened"
    description: "E-mails that were opened, by people and by their programs."
    type: count
    filters: [activity_type: "email opened"]
    value_format: "#,##0"
  }

  measure: emails_clicked {
    label: "E-mails clicked"
    description: "Clicks on links of e-mails."
    type: count
    filters: [activity_type: "email clicked"]
    value_format: "#,##0"
  }

  measure: click_rate {
    label: "Click rate"
    description: "Clicks, by e-mails sent."
    type: number
    sql: 1.0 * ${emails_clicked} / NULLIF(${emails_sent}, 0) ;;
    value_format: "0.0%"
  }

  measure: responses {
    description: "Answers: clicks, forms, webinars."
    type: count
    filters: [is_response: "yes"]
    value_format: "#,##0"
  }

  measure: journeys {
    description: "Journeys it reached: accounts, and people without one, each counted once."
    type: count_distinct
    sql: ${journey_id} ;;
    value_format: "#,##0"
  }

  measure: journeys_bought_after {
    label: "Journeys that bought after"
    description: "Of them, those that first bought after it; that they bought because of it is not said."
    type: count_distinct
    sql: ${journey_id} ;;
    filters: [has_purchase_after: "yes"]
    value_format: "#,##0"
  }

  measure: median_days_to_purchase {
    label: "Days to purchase (median)"
    description: "Days until half of those who bought after it had done so."
    type: median
    sql: ${TABLE}.days_to_purchase ;;
    value_format: "0.0"
  }
}
