{#
  Who reached which step of which funnel, a row an entity and step.

  events: rows (event_id, entity_id, event, detail, occurred_at); as_of: one row, until when events tell.
  A funnel is a mapping: name; mode ordered, strict or any; window_days from the first step to the last; steps, a
  name or `name:pattern of detail` each; exclude, a list of the same that ends an attempt.
  - ordered: each step after the one before, whatever lies between;
  - strict: each step is the very next event of the entity;
  - any: the steps in any order. One event may then fill several steps.
  Every event that fits the first step (any: any step) begins an attempt; the one that gets furthest counts, of
  equals the earliest. Events of one moment follow each other by event_id.
#}
{% macro funnels(events, as_of, definitions) -%}
  {%- for funnel in definitions -%}
    {%- if funnel.mode not in ("ordered", "strict", "any") -%}
      {{ exceptions.raise_compiler_error("journey_funnels: " ~ funnel.name ~ " has mode `" ~ funnel.mode ~ "`; valid are ordered, strict, any") }}
    {%- endif -%}
    {%- if funnel.mode == "any" and funnel.steps | unique | list | length < funnel.steps | length -%}
      {{ exceptions.raise_compiler_error("journey_funnels: " ~ funnel.name ~ " repeats a step, which has no meaning in mode any") }}
    {%- endif %}
select
    funnel || ':' || entity_id || ':' || cast(step as {{ dbt.type_string() }}) as funnel_row_id,
    funnel,
    mode,
    entity_id,
    step,
    step_name,
    reached_at,
    attempt_started_at,
    is_matured
from (
{{ company.funnel(events, as_of, funnel) }}
) as funnel_{{ loop.index }}
    {%- if not loop.last %}

union all
    {% endif %}
  {%- else %}
select
    cast(null as {{ dbt.type_string() }}) as funnel_row_id,
    cast(null as {{ dbt.type_string() }}) as funnel,
    cast(null as {{ dbt.type_string() }}) as mode,
    cast(null as {{ dbt.type_string() }}) as entity_id,
    cast(null as {{ dbt.type_int() }}) as step,
    cast(null as {{ dbt.type_string() }}) as step_name,
    cast(null as {{ company.type_moment() }}) as reached_at,
    cast(null as {{ company.type_moment() }}) as attempt_started_at,
    cast(null as {{ dbt.type_boolean() }}) as is_matured
where 1 = 0
  {%- endfor %}
{%- endmacro %}

{% macro funnel(events, as_of, funnel) -%}
  {%- set strict = funnel.mode == "strict" -%}
  {%- set excluded = funnel.get("exclude", []) -%}
  {%- set ends_at = company.days_after("attempts.started_at", funnel.window_days) -%}
with numbered as (
    select
        entity_id,
        event,
        detail,
        occurred_at,
        row_number() over (partition by entity_id order by occurred_at, event_id) as seq
    from {{ events }} as events
    {%- if not strict %}
    where {% for step in funnel.steps + excluded %}{{ company.is_step("events", step) }}{{ " or " if not loop.last }}{% endfor %}
    {%- endif %}
),

begun as (
    select entity_id, seq, occurred_at as started_at
    from numbered
    where {% if funnel.mode == "any" -%}
      {%- for step in funnel.steps %}{{ company.is_step("numbered", step) }}{{ " or " if not loop.last }}{% endfor -%}
    {%- else -%}
      {{ company.is_step("numbered", funnel.steps[0]) }}
    {%- endif %}
),

attempts as (
    {%- if excluded %}
    select begun.entity_id, begun.seq as attempt, begun.started_at, min(stops.seq) as stop_seq
    from begun
    left join numbered as stops
        on stops.entity_id = begun.entity_id
        and stops.seq > begun.seq
        and ({% for step in excluded %}{{ company.is_step("stops", step) }}{{ " or " if not loop.last }}{% endfor %})
    group by begun.entity_id, begun.seq, begun.started_at
    {%- else %}
    select entity_id, seq as attempt, started_at, cast(null as {{ dbt.type_bigint() }}) as stop_seq
    from begun
    {%- endif %}
),
  {%- for step in funnel.steps %}

step_{{ loop.index }} as (
    {%- if loop.first and funnel.mode != "any" %}
    select entity_id, attempt, attempt as seq
    from attempts
    {%- else %}
    select attempts.entity_id, attempts.attempt, min(events.seq) as seq
    from attempts
      {%- if funnel.mode != "any" %}
    inner join step_{{ loop.index - 1 }} as earlier
        on earlier.entity_id = attempts.entity_id
        and earlier.attempt = attempts.attempt
      {%- endif %}
    inner join numbered as events
        on events.entity_id = attempts.entity_id
        and events.seq {{ {"any": ">= attempts.attempt", "ordered": "> earlier.seq", "strict": "= earlier.seq + 1"}[funnel.mode] }}
        and events.occurred_at <= {{ ends_at }}
        and (attempts.stop_seq is null or events.seq < attempts.stop_seq)
    where {{ company.is_step("events", step) }}
    group by attempts.entity_id, attempts.attempt
    {%- endif %}
),
  {%- endfor %}

reached as (
  {%- for step in funnel.steps %}
    select entity_id, attempt, seq, {{ loop.index }} as place, '{{ step }}' as step_name from step_{{ loop.index }}
    {{- " union all" if not loop.last }}
  {%- endfor %}
),

stepped as (
    select
        *,
        {% if funnel.mode == "any" -%}
        row_number() over (partition by entity_id, attempt order by seq, place)
        {%- else -%}
        place
        {%- endif %} as step,
        count(*) over (partition by entity_id, attempt) as steps
    from reached
),

best as (
    select
        stepped.*,
        rank() over (partition by stepped.entity_id order by stepped.steps desc, stepped.attempt) as place_of_attempt
    from stepped
),

latest as (
    select entity_id, max(started_at) as started_at
    from begun
    group by entity_id
)

select
    '{{ funnel.name }}' as funnel,
    '{{ funnel.mode }}' as mode,
    best.entity_id,
    cast(best.step as {{ dbt.type_int() }}) as step,
    best.step_name,
    events.occurred_at as reached_at,
    begun.started_at as attempt_started_at,
    best.steps = {{ funnel.steps | length }}
        or {{ company.days_after("latest.started_at", funnel.window_days) }} <= now.as_of as is_matured
from best
inner join numbered as events on events.entity_id = best.entity_id and events.seq = best.seq
inner join begun on begun.entity_id = best.entity_id and begun.seq = best.attempt
inner join latest on latest.entity_id = best.entity_id
cross join {{ as_of }} as now
where best.place_of_attempt = 1
{%- endmacro %}

{# Whether a row is a step's event: `name` or `name:pattern of detail`. #}
{% macro is_step(relation, step) -%}
  {%- set name, _, pattern = step.partition(":") -%}
  ({{ relation }}.event = '{{ name }}'{% if pattern %} and {{ relation }}.detail like '{{ pattern }}'{% endif %})
{%- endmacro %}
