-- An alias call counts once, however often it was sent.
select
    id as alias_id,
    {{ company.visitor_fields() }},
    previous_id,
    {{ company.time_fields("aliased_at", "aliased_date") }}
from {{ company.new_events(ref("base_website__aliases"), "alias_id", "aliased_at") }} as events
