-- A page view counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as viewed_at
    from {{ company.new_rows(ref("base_website__pages"), "page_view_id") }} as fresh
)

select
    id as page_view_id,
    {{ company.visitor_id("anonymous_id", "user_id") }} as visitor_id,
    anonymous_id,
    user_id,
    name as page_name,
    path as page_path,
    context_campaign_source as campaign_source,
    context_campaign_medium as campaign_medium,
    context_campaign_name as campaign_name,
    coalesce(context_page_referrer, context_referrer) as referrer,
    viewed_at,
    {{ utc_date("viewed_at") }} as viewed_date,
    received_at,
    loaded_at
from timed
