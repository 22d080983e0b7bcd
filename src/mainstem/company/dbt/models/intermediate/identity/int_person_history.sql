{{ config(materialized="incremental", incremental_strategy="append", full_refresh=false) }}
-- Each time an id came to another person: rows are added and never change, whatever is built anew.
with nodes as (
    select node, person_id from {{ ref("int_person_nodes") }}
),

visitors as (
    select visitor_id, first_loaded_at from {{ ref("int_identity_visitors") }}
),

loaded as (
    select max(loaded_at) as loaded_until from {{ ref("int_identity_visitors") }}
),

{% if is_incremental() -%}
held as (
    select node, person_id
    from (
        select node, person_id, row_number() over (partition by node order by changed_at desc) as age
        from {{ this }}
    ) as changes
    where age = 1
),

before as (
    select max(loaded_until) as loaded_until from {{ this }}
),

moved as (
    select
        coalesce(nodes.node, held.node) as node,
        nodes.person_id,
        coalesce(
            held.person_id,
            -- A visitor who is named for the first time was a person of their own in an earlier build.
            case when held.node is null and visitors.first_loaded_at <= before.loaded_until
                then {{ company.person_of("nodes.node") }} end
        ) as previous_person_id
    from nodes
    full outer join held on held.node = nodes.node
    cross join before
    left join visitors on {{ company.node("anonymous_id", "visitors.visitor_id") }} = nodes.node
    where held.node is null or nodes.person_id is distinct from held.person_id
)
{%- else -%}
moved as (
    select node, person_id, cast(null as {{ dbt.type_string() }}) as previous_person_id
    from nodes
)
{%- endif %}

select
    moved.node,
    moved.person_id,
    moved.previous_person_id,
    case
        when moved.previous_person_id is null or moved.previous_person_id = moved.person_id then 'first'
        when moved.person_id is null then 'removed'
        when staying.person_id is not null then 'split'
        else 'merged'
    end as change_type,
    cast('{{ run_started_at }}' as {{ company.type_moment() }}) as changed_at,
    loaded.loaded_until
from moved
cross join loaded
left join (select distinct person_id from nodes) as staying on staying.person_id = moved.previous_person_id
