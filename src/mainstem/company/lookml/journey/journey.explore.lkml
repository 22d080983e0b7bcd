include: "*.view.lkml"

explore: journey_events {
  label: "Events"
  group_label: "Journey"
  description: "What people did, event by event, from page views to servers in use: what funnels are made of."
}

explore: journey_stages {
  label: "Customer journey"
  group_label: "Journey"
  description: "From the first visit to the product in use: who reached which stage, when, and who went on."
}

explore: attribution {
  label: "Attribution"
  group_label: "Journey"
  description: "What brought downloads, trials and purchases, under six models side by side."
}

explore: journey_touches {
  label: "Touches"
  group_label: "Journey"
  description: "What led people to the website, each time."
}

explore: journey_sessions {
  label: "Website sessions"
  group_label: "Journey"
  description: "Visits to the website, with pages, downloads and trials."
}

explore: journey_paths {
  label: "Paths"
  group_label: "Journey"
  description: "Channels on the way to a trial or a purchase, also of those who never got there."
}

explore: journey_flows {
  label: "Flows"
  group_label: "Journey"
  description: "From where to where people went: channels and stages."
}

explore: funnels {
  label: "Funnels"
  group_label: "Journey"
  description: "Named sequences of steps, and how many got how far."
}

explore: retention {
  label: "Retention"
  group_label: "Journey"
  description: "Who came back after so many days, as far as it is final."
}

explore: experiments {
  label: "Experiments: people and outcomes"
  group_label: "Journey"
  description: "Variations of experiments with what people did after; no statistics yet."
}

explore: campaigns {
  label: "Campaigns"
  group_label: "Journey"
  description: "What each campaign cost in a month, whom it brought then, and what came of them under one way of giving credit."

  always_filter: {
    filters: [attribution.model: "linear,NULL"]
  }

  join: attribution {
    type: left_outer
    relationship: one_to_many
    sql_on: ${campaigns.campaign_name} = LOWER(TRIM(${attribution.campaign_name}))
      AND ${campaigns.month_key} = ${attribution.touched_month_key} ;;
  }
}

explore: campaign_activities {
  label: "Campaign activities"
  group_label: "Journey"
  description: "What campaigns sent, what people did with it, and who bought after."
}
