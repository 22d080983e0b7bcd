-- A report counts once, however often it was sent.
select
    id as message_id,
    user_id as server_id,
    version,
    {{ version_sort("version") }} as version_sort,
    edition,
    database_type,
    operating_system,
    installation_type,
    {{ company.time_fields("reported_at", "reported_date") }}
from {{ company.new_events(ref("base_servers__server"), "message_id", "reported_at") }} as events
