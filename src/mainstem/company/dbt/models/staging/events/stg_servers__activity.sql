-- A report counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as reported_at
    from {{ company.new_rows(ref("base_servers__activity"), "message_id") }} as fresh
)

select
    id as message_id,
    user_id as server_id,
    active_users_daily as active_users,
    registered_users,
    reported_at,
    {{ utc_date("reported_at") }} as reported_date,
    received_at,
    loaded_at
from timed
