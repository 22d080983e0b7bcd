-- A page view counts once, however often it was sent.
select
    id as page_view_id,
    {{ company.visitor_fields() }},
    name as page_name,
    {{ company.origin_fields() }},
    {{ company.time_fields("viewed_at", "viewed_date") }}
from {{ company.new_events(ref("base_website__pages"), "page_view_id", "viewed_at") }} as events
