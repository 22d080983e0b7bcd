-- A question counts once, however often it was sent.
select
    id as message_id,
    user_id as server_id,
    version,
    {{ version_sort("version") }} as version_sort,
    edition,
    {{ company.time_fields("checked_at", "checked_date") }}
from {{ company.new_events(ref("base_servers__version_checks"), "message_id", "checked_at") }} as events
