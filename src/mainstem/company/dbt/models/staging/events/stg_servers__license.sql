-- A report counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as reported_at
    from {{ company.new_rows(ref("base_servers__license"), "message_id") }} as fresh
)

select
    id as message_id,
    user_id as server_id,
    license_id as licence_id,
    edition,
    reported_at,
    {{ utc_date("reported_at") }} as reported_date,
    received_at,
    loaded_at
from timed
