-- A report counts once, however often it was sent.
select
    id as message_id,
    user_id as server_id,
    active_users_daily as active_users,
    registered_users,
    {{ company.time_fields("reported_at", "reported_date") }}
from {{ company.new_events(ref("base_servers__activity"), "message_id", "reported_at") }} as events
