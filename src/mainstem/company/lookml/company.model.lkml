connection: "warehouse"
label: "Company"

include: "*.view.lkml"
include: "*.dashboard.lookml"
include: "identity/*.explore.lkml"
include: "product/*.explore.lkml"
include: "product/*.dashboard.lookml"
include: "journey/*.explore.lkml"
include: "journey/*.dashboard.lookml"
include: "revenue/*.explore.lkml"
include: "revenue/*.dashboard.lookml"

explore: server_activity {
  label: "Servers"
  description: "Self-hosted servers that report telemetry: how many, on which versions, with how many people."
}

explore: site_visitors {
  label: "Website"
  description: "Visitors of the website and the pages they view."
}
