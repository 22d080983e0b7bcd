-- An exposure counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as viewed_at
    from {{ company.new_rows(ref("base_website__experiment_views"), "experiment_view_id") }} as fresh
)

select
    id as experiment_view_id,
    {{ company.visitor_id("anonymous_id", "user_id") }} as visitor_id,
    anonymous_id,
    user_id,
    experiment_key,
    variation_id,
    unit_id,
    viewed_at,
    {{ utc_date("viewed_at") }} as viewed_date,
    received_at,
    loaded_at
from timed
