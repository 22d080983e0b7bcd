-- "Now" is the newest moment of which the help desk told: the same rows give the same times on any day.
with told as (
    select max(updated_at) as told_at from {{ ref("stg_support__tickets") }}
    union all
    select max(created_at) from {{ ref("stg_support__ticket_comments") }}
    union all
    select max(changed_at) from {{ ref("stg_support__ticket_field_history") }}
)

select
    max(told_at) as as_of,
    {{ utc_date("max(told_at)") }} as as_of_date
from told
