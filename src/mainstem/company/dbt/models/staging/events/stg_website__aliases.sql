-- An alias call counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as aliased_at
    from {{ company.new_rows(ref("base_website__aliases"), "alias_id") }} as fresh
)

select
    id as alias_id,
    {{ company.visitor_id("anonymous_id", "user_id") }} as visitor_id,
    anonymous_id,
    user_id,
    previous_id,
    aliased_at,
    {{ utc_date("aliased_at") }} as aliased_date,
    received_at,
    loaded_at
from timed
