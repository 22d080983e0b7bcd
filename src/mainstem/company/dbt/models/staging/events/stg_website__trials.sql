-- A trial counts once, however often it was sent.
select
    id as trial_id,
    {{ company.visitor_fields() }},
    {{ company.origin_fields() }},
    {{ company.time_fields("started_at", "started_date") }}
from {{ company.new_events(ref("base_website__trials"), "trial_id", "started_at") }} as events
