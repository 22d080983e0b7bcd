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
include: "support/*.explore.lkml"
include: "support/*.dashboard.lookml"
include: "engineering/*.explore.lkml"
include: "engineering/*.dashboard.lookml"

explore: server_activity {
  label: "Servers"
  description: "Customers' self-hosted servers that report telemetry: how many, on which versions, with how many people."
  sql_always_where: NOT ${server.is_excluded} ;;
  join: server {
    type: inner
    relationship: many_to_one
    sql_on: ${server.id} = ${server_activity.server_id} ;;
  }
}

explore: site_visitors {
  label: "Website"
  description: "Visitors of the website and the pages they view."
}
