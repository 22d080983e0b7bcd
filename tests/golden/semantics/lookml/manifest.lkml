project_name: "company"

constant: SCHEMA { value: "shop" export: override_optional }
constant: ORDERS { value: "@{SCHEMA}.orders" }
constant: noun { value: "Order" }

local_dependency: {
  project: "shared"
  override_constant: region { value: "north" }
}
