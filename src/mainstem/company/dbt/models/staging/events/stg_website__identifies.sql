-- An identify call counts once, however often it was sent.
select
    id as identify_id,
    {{ company.visitor_fields() }},
    lower(trim(email)) as email,
    {{ company.time_fields("identified_at", "identified_date") }}
from {{ company.new_events(ref("base_website__identifies"), "identify_id", "identified_at") }} as events
