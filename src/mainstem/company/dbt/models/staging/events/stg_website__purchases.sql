-- A purchase counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as purchased_at
    from {{ company.new_rows(ref("base_website__purchases"), "purchase_id") }} as fresh
)

select
    id as purchase_id,
    {{ company.visitor_id("anonymous_id", "user_id") }} as visitor_id,
    anonymous_id,
    user_id,
    path as page_path,
    context_campaign_source as campaign_source,
    context_campaign_medium as campaign_medium,
    context_campaign_name as campaign_name,
    coalesce(context_page_referrer, context_referrer) as referrer,
    purchased_at,
    {{ utc_date("purchased_at") }} as purchased_date,
    received_at,
    loaded_at
from timed
