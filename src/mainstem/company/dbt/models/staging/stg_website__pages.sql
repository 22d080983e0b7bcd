-- A page view counts once, however often it was sent: the row received last stands, as in a merge on id.
with numbered as (
    select
        *,
        row_number() over (partition by id order by received_at desc) as copy
    from {{ ref("base_website__pages") }}
),

timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as viewed_at
    from numbered
    where copy = 1
)

select
    id as page_view_id,
    coalesce(anonymous_id, user_id) as visitor_id,
    user_id,
    name as page_name,
    path as page_path,
    context_campaign_source as campaign_source,
    viewed_at,
    {{ utc_date("viewed_at") }} as viewed_date,
    received_at
from timed
