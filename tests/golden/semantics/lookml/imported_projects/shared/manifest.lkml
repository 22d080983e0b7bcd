project_name: "shared"
constant: region { value: "none" export: override_required }
