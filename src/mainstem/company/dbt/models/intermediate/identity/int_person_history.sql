{{ config(materialized="incremental", incremental_strategy="append", full_refresh=false) }}
-- Each time an id came to another person: rows are added and never change, whatever is built anew. As it is kept,
-- it holds no e-mail, and each id in a column of its own, where an erasure finds it.
with nodes as (
    select id_type, id_value, node, person_id
    from {{ ref("int_person_nodes") }}
    where id_type <> 'email' and id_value not like '%#%'
),

visitors as (
    select visitor_id, first_loaded_at from {{ ref("int_identity_visitors") }}
),

loaded as (
    select max(loaded_at) as loaded_until from {{ ref("int_identity_visitors") }}
),

{% if is_incremental() -%}
held as (
    select id_type, id_value, person_id
    from (
        select id_type, id_value, person_id, row_number() over (partition by id_type, id_value order by changed_at desc) as age
        from {{ this }}
    ) as changes
    where age = 1
),

before as (
    select max(loaded_until) as loaded_until from {{ this }}
),

moved as (
    select
        coalesce(nodes.id_type, held.id_type) as id_type,
        coalesce(nodes.id_value, held.id_value) as id_value,
        nodes.person_id,
        coalesce(
            held.person_id,
            -- A visitor who is named for the first time was a person of their own in an earlier build.
            case when held.id_value is null and visitors.first_loaded_at <= before.loaded_until
                then {{ company.person_of("nodes.node") }} end
        ) as previous_person_id
    from nodes
    full outer join held on held.id_type = nodes.id_type and held.id_value = nodes.id_value
    cross join before
    left join visitors on nodes.id_type = 'anonymous_id' and visitors.visitor_id = nodes.id_value
    where held.id_value is null or nodes.person_id is distinct from held.person_id
)
{%- else -%}
moved as (
    select id_type, id_value, person_id, cast(null as {{ dbt.type_string() }}) as previous_person_id
    from nodes
)
{%- endif %}

select
    moved.id_type,
    moved.id_value,
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
