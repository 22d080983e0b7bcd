{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="visitor_id") }}
-- Every visitor of the website, and when they were first and last seen.
with fresh as (
    {{ company.newly_loaded({
        "stg_website__pages": "viewed_at",
        "stg_website__identifies": "identified_at",
        "stg_website__aliases": "aliased_at",
        "stg_website__downloads": "clicked_at",
        "stg_website__trials": "started_at",
        "stg_website__purchases": "purchased_at",
        "stg_website__experiment_views": "viewed_at",
    }, ["visitor_id"]) }}
),

grouped as (
    select
        visitor_id,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at,
        min(loaded_at) as first_loaded_at,
        max(loaded_at) as loaded_at
    from fresh
    where visitor_id is not null
    group by visitor_id
)

{% if is_incremental() -%}
select
    grouped.visitor_id,
    least(grouped.first_seen_at, coalesce(held.first_seen_at, grouped.first_seen_at)) as first_seen_at,
    greatest(grouped.last_seen_at, coalesce(held.last_seen_at, grouped.last_seen_at)) as last_seen_at,
    least(grouped.first_loaded_at, coalesce(held.first_loaded_at, grouped.first_loaded_at)) as first_loaded_at,
    greatest(grouped.loaded_at, coalesce(held.loaded_at, grouped.loaded_at)) as loaded_at
from grouped
left join {{ this }} as held on held.visitor_id = grouped.visitor_id
{%- else -%}
select visitor_id, first_seen_at, last_seen_at, first_loaded_at, loaded_at
from grouped
{%- endif %}
