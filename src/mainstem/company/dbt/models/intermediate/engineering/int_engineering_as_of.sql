-- "Now" is the newest moment of which the tracker told: the same rows give the same times on any day.
with told as (
    select max(updated_at) as told_at from {{ ref("stg_engineering__issues") }}
    union all
    select max(changed_at) from {{ ref("stg_engineering__issue_changelog") }}
    union all
    select max(updated_at) from {{ ref("stg_engineering__sprints") }}
)

select
    max(told_at) as as_of,
    {{ utc_date("max(told_at)") }} as as_of_date
from told
