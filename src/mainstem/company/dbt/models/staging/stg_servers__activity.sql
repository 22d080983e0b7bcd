-- How much an installation was used, once a message: the row received last stands, as in a merge on id.
with numbered as (
    select
        *,
        row_number() over (partition by id order by received_at desc) as copy
    from {{ ref("base_servers__activity") }}
),

timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as reported_at
    from numbered
    where copy = 1
)

select
    id as message_id,
    user_id as server_id,
    active_users_daily as active_users,
    registered_users,
    reported_at,
    {{ utc_date("reported_at") }} as reported_date,
    received_at
from timed
