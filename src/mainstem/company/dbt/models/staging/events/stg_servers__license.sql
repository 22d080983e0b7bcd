-- A report counts once, however often it was sent.
select
    id as message_id,
    user_id as server_id,
    license_id as licence_id,
    edition,
    {{ company.time_fields("reported_at", "reported_date") }}
from {{ company.new_events(ref("base_servers__license"), "message_id", "reported_at") }} as events
