-- An action counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as acted_at
    from {{ company.new_rows(ref("base_mobile__actions"), "action_id") }} as fresh
)

select
    id as action_id,
    user_id as server_id,
    user_actual_id,
    event_name,
    category,
    post_id,
    root_id,
    channel_id,
    acted_at,
    {{ utc_date("acted_at") }} as acted_date,
    received_at,
    loaded_at
from timed
