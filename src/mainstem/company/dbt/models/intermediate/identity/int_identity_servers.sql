{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="server_licence_id") }}
-- Servers and the licences they said they run with; an empty licence stands for the server itself.
with fresh as (
    select server_id, licence_id, seen_at, loaded_at from (
        {{ company.newly_loaded({"stg_servers__license": "reported_at"}, ["server_id", "licence_id"]) }}
    ) as licensed
    where licence_id <> ''
    union all
    select server_id, '' as licence_id, seen_at, loaded_at from (
        {{ company.newly_loaded({
            "stg_servers__license": "reported_at",
            "stg_servers__server": "reported_at",
            "stg_servers__activity": "reported_at",
            "stg_servers__version_checks": "checked_at",
        }, ["server_id"]) }}
    ) as heard
),

grouped as (
    select
        server_id || '/' || licence_id as server_licence_id,
        server_id,
        licence_id,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at,
        max(loaded_at) as loaded_at
    from fresh
    where server_id is not null
    group by server_id, licence_id
)

{% if is_incremental() -%}
select
    grouped.server_licence_id,
    grouped.server_id,
    grouped.licence_id,
    least(grouped.first_seen_at, coalesce(held.first_seen_at, grouped.first_seen_at)) as first_seen_at,
    greatest(grouped.last_seen_at, coalesce(held.last_seen_at, grouped.last_seen_at)) as last_seen_at,
    greatest(grouped.loaded_at, coalesce(held.loaded_at, grouped.loaded_at)) as loaded_at
from grouped
left join {{ this }} as held on held.server_licence_id = grouped.server_licence_id
{%- else -%}
select server_licence_id, server_id, licence_id, first_seen_at, last_seen_at, loaded_at
from grouped
{%- endif %}
