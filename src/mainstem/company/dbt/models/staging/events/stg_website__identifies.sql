-- An identify call counts once, however often it was sent.
with timed as (
    select
        *,
        {{ occurred_at('"timestamp"', "received_at") }} as identified_at
    from {{ company.new_rows(ref("base_website__identifies"), "identify_id") }} as fresh
)

select
    id as identify_id,
    {{ company.visitor_id("anonymous_id", "user_id") }} as visitor_id,
    anonymous_id,
    user_id,
    lower(trim(email)) as email,
    identified_at,
    {{ utc_date("identified_at") }} as identified_date,
    received_at,
    loaded_at
from timed
