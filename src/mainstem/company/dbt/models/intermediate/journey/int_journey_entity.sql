{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="entity_id",
    on_schema_change="fail",
) }}
-- Of each journey, what all that is said of it is worked out from: a build writes those of which that is something
-- else than the last one found, so that models of journeys know which to look at again. What is only lost to
-- another journey shows in a number, all else in when it was worked out. A session and a touch belong to whom their
-- last event belongs to, so the events stand for them too.
with facts as (
    select entity_id, 1 as actions, 0 as server_days, built_at, cast(null as {{ dbt.type_string() }}) as fact
    from {{ ref("int_journey_action") }}

    union all

    select journey_id, 0, 1, built_at, cast(null as {{ dbt.type_string() }})
    from {{ ref("int_journey_server_day") }}

    union all

    select distinct
        journey_id, 0, 0, cast(null as {{ company.type_moment() }}),
        server_id || ' runs with ' || licence_id || ' from ' || cast(first_reported_at as {{ dbt.type_string() }})
    from {{ ref("int_journey_server_day") }}

    union all

    select
        coalesce(account_id, person_id), 0, 0, cast(null as {{ company.type_moment() }}),
        licence_id || case when is_trial then ' for a trial of ' else ' of ' end || coalesce(person_id, 'nobody')
            || ' from ' || coalesce(cast(issued_at as {{ dbt.type_string() }}), '')
    from {{ ref("int_journey_licence") }}
    where coalesce(account_id, person_id) is not null

    union all

    select
        account_id, 0, 0, cast(null as {{ company.type_moment() }}),
        opportunity_id || ' for ' || coalesce(cast(arr_cents as {{ dbt.type_string() }}), '') || ' with '
            || coalesce(licence_id, '') || ' on ' || cast(won_at as {{ dbt.type_string() }})
    from {{ ref("int_journey_sale") }}
),

known as (
    select
        entity_id,
        cast(sum(actions) as {{ dbt.type_bigint() }}) as actions,
        cast(sum(server_days) as {{ dbt.type_bigint() }}) as server_days,
        max(built_at) as newest_built_at,
        {{ dbt.listagg("fact", "', '", "order by fact") }} as facts
    from facts
    group by entity_id
)

{% if is_incremental() -%}
select
    coalesce(known.entity_id, held.entity_id) as entity_id,
    coalesce(known.actions, 0) as actions,
    coalesce(known.server_days, 0) as server_days,
    known.newest_built_at,
    known.facts,
    {{ company.built_now() }} as built_at
from known
full outer join {{ this }} as held on held.entity_id = known.entity_id
where held.entity_id is null
    or held.actions <> coalesce(known.actions, 0)
    or held.server_days <> coalesce(known.server_days, 0)
    or held.newest_built_at is distinct from known.newest_built_at
    or held.facts is distinct from known.facts
{%- else -%}
select entity_id, actions, server_days, newest_built_at, facts, {{ company.built_now() }} as built_at
from known
{%- endif %}
