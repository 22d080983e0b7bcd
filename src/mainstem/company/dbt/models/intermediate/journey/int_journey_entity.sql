{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="entity_id",
    on_schema_change="fail",
) }}
-- Of each journey, how much happened and which stages it reached: a build writes those of which it says something
-- else than the last one did, so that models of journeys know which to look at again. What is only lost to another
-- journey shows in the number, all else in when it was worked out.
with known as (
    select
        entity_id,
        count(event) as actions,
        max(built_at) as newest_action_at,
        {{ dbt.listagg("stage", "', '", "order by stage") }} as stages
    from (
        select entity_id, event, built_at, cast(null as {{ dbt.type_string() }}) as stage
        from {{ ref("int_journey_action") }}

        union all

        select
            journey_id,
            cast(null as {{ dbt.type_string() }}),
            cast(null as {{ company.type_moment() }}),
            stage || ' ' || cast(entered_at as {{ dbt.type_string() }})
        from {{ ref("int_journey_stage") }}
        where stage in ('licence', 'server_active', 'engaged')
    ) as every
    group by entity_id
)

{% if is_incremental() -%}
select
    coalesce(known.entity_id, held.entity_id) as entity_id,
    coalesce(known.actions, 0) as actions,
    known.newest_action_at,
    known.stages,
    {{ company.built_now() }} as built_at
from known
full outer join {{ this }} as held on held.entity_id = known.entity_id
where held.entity_id is null
    or held.actions <> coalesce(known.actions, 0)
    or held.newest_action_at is distinct from known.newest_action_at
    or held.stages is distinct from known.stages
{%- else -%}
select entity_id, actions, newest_action_at, stages, {{ company.built_now() }} as built_at
from known
{%- endif %}
