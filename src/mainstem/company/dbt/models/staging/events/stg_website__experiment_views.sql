-- An exposure counts once, however often it was sent.
select
    id as experiment_view_id,
    {{ company.visitor_fields() }},
    experiment_key,
    variation_id,
    unit_id,
    {{ company.time_fields("viewed_at", "viewed_date") }}
from {{ company.new_events(ref("base_website__experiment_views"), "experiment_view_id", "viewed_at") }} as events
