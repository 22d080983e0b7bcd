-- A purchase counts once, however often it was sent.
select
    id as purchase_id,
    {{ company.visitor_fields() }},
    {{ company.origin_fields() }},
    {{ company.time_fields("purchased_at", "purchased_date") }}
from {{ company.new_events(ref("base_website__purchases"), "purchase_id", "purchased_at") }} as events
