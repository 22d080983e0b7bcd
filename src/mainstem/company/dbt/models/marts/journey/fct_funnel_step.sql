-- Each step of each funnel with those who reached it, those who began and those who reached the step before,
-- by the month of their attempt; steps that nobody reached are there too. Who still has time is counted apart.
{%- set month = dbt.date_trunc("month", company.utc_date("attempt_started_at")) %}
with reached as (
    select
        funnel,
        step,
        cast({{ month }} as date) as started_month,
        count(*) as entities,
        sum(case when is_matured then 1 else 0 end) as matured_entities,
        sum({{ dbt.datediff("attempt_started_at", "reached_at", "second") }} / 3600.0) as hours_total
    from {{ ref("fct_funnel") }}
    group by funnel, step, {{ month }}
),

steps as (
    {%- for funnel in var("journey_funnels") %}
    {%- set last = loop.last %}
    {%- for step in funnel.steps %}
    select
        '{{ funnel.name }}' as funnel,
        '{{ funnel.mode }}' as mode,
        {{ loop.index }} as step,
        '{{ "any " ~ loop.index ~ " of " ~ funnel.steps | length if funnel.mode == "any" else step }}' as step_name
    {{- " union all" if not (last and loop.last) }}
    {%- endfor %}
    {%- else %}
    select cast(null as {{ dbt.type_string() }}) as funnel, cast(null as {{ dbt.type_string() }}) as mode,
        cast(null as {{ dbt.type_int() }}) as step, cast(null as {{ dbt.type_string() }}) as step_name
    {%- endfor %}
)

select
    {{ dbt.hash("steps.funnel || ':' || cast(steps.step as " ~ dbt.type_string() ~ ") || ':' || cast(started.started_month as " ~ dbt.type_string() ~ ")") }} as funnel_step_id,
    steps.funnel,
    steps.mode,
    cast(steps.step as {{ dbt.type_int() }}) as step,
    cast(steps.step as {{ dbt.type_string() }}) || '. ' || steps.step_name as step_name,
    started.started_month,
    cast(coalesce(here.entities, 0) as {{ dbt.type_bigint() }}) as entities,
    cast(coalesce(here.matured_entities, 0) as {{ dbt.type_bigint() }}) as matured_entities,
    cast(started.matured_entities as {{ dbt.type_bigint() }}) as matured_started,
    cast(
        case when steps.step = 1 then started.matured_entities else coalesce(earlier.matured_entities, 0) end
        as {{ dbt.type_bigint() }}
    ) as matured_before,
    cast(coalesce(here.hours_total, 0) as double precision) as hours_total
from steps
inner join reached as started on started.funnel = steps.funnel and started.step = 1
left join reached as here
    on here.funnel = steps.funnel
    and here.step = steps.step
    and here.started_month = started.started_month
left join reached as earlier
    on earlier.funnel = steps.funnel
    and earlier.step = steps.step - 1
    and earlier.started_month = started.started_month
