-- A click counts once, however often it was sent: the row received last stands, as in a merge on id.
with numbered as (
    select
        *,
        row_number() over (partition by id order by received_at desc) as copy
    from {{ ref("base_website__downloads") }}
),

timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as clicked_at
    from numbered
    where copy = 1
)

select
    id as download_id,
    coalesce(anonymous_id, user_id) as visitor_id,
    user_id,
    platform,
    context_campaign_source as campaign_source,
    clicked_at,
    {{ utc_date("clicked_at") }} as clicked_date,
    received_at
from timed
