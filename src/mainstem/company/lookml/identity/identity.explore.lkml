include: "*.view.lkml"

explore: identity_suspect_nodes {
  label: "Identity: suspects"
  group_label: "Data engineering"
  description: "Ids that would join what does not belong together, and the rule that kept them from it."
}

explore: identity_merge_log {
  label: "Identity: merges"
  group_label: "Data engineering"
  description: "Which persons became one, came apart or went, and when."
}

explore: installations {
  label: "Installations"
  group_label: "Data engineering"
  description: "Servers and licences that belong together, and whose they are."
}
