-- A click counts once, however often it was sent.
select
    id as download_id,
    {{ company.visitor_fields() }},
    platform,
    {{ company.origin_fields() }},
    {{ company.time_fields("clicked_at", "clicked_date") }}
from {{ company.new_events(ref("base_website__downloads"), "download_id", "clicked_at") }} as events
