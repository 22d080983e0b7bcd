{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="journey_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys() }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
{%- set open = "outcome = 'in flight'" %}
-- Stages have an order and may be skipped: nobody has to download before they buy, and a trial may have a
-- server before it has a licence. Who reached any later stage went on.
{%- set stages = var("journey_stages") %}
with ordered as (
    select
        entered.journey_id,
        entered.person_id,
        entered.account_id,
        entered.stage,
        entered.entered_at,
        entered.evidence,
        entered.evidence_id,
        case entered.stage
            {%- for stage in stages %}
            when '{{ stage.name }}' then {{ loop.index }}
            {%- endfor %}
        end as stage_order,
        case entered.stage
            {%- for stage in stages %}
            when '{{ stage.name }}' then {{ stage.days }}
            {%- endfor %}
        end as days_given
    from {{ company.of_touched_journeys(ref("int_journey_stage"), mark, open) }} as entered
),

people as (
    select
        *,
        first_value(person_id) over (
            partition by journey_id
            order by case when person_id is null then 1 else 0 end, entered_at, stage_order
            rows between unbounded preceding and unbounded following
        ) as first_person_id,
        lead(stage) over (partition by journey_id order by stage_order) as next_stage,
        lead(entered_at) over (partition by journey_id order by stage_order) as next_entered_at,
        max(stage_order) over (partition by journey_id) as furthest_order
    from ordered
    where stage_order is not null
),

first_channels as (
    select journey_id, channel
    from (
        select
            journey_id,
            channel,
            row_number() over (partition by journey_id order by touched_at, touch_id) as place
        from {{ company.of_touched_journeys(ref("fct_touch"), mark, open) }} as touches
    ) as placed
    where place = 1
)

select
    people.journey_id || ':' || people.stage as journey_stage_id,
    people.journey_id,
    coalesce(people.person_id, people.first_person_id) as person_id,
    people.account_id,
    people.stage,
    people.stage_order,
    people.entered_at,
    {{ company.utc_date("people.entered_at") }} as entered_date,
    people.evidence,
    people.evidence_id,
    people.next_stage,
    people.next_entered_at,
    case
        when people.next_entered_at >= people.entered_at
            then cast({{ company.days_between("people.entered_at", "people.next_entered_at") }} as double precision)
    end as days_to_next,
    case
        when people.next_stage is not null then 'went on'
        when people.stage_order = {{ stages | length }} then 'arrived'
        when {{ company.days_between("people.entered_at", "now.as_of") }} < people.days_given then 'in flight'
        else 'dropped off'
    end as outcome,
    people.stage_order = people.furthest_order as is_furthest,
    coalesce(first_channels.channel, 'unknown') as first_channel,
    {{ company.built_now() }} as built_at
from people
cross join {{ ref("int_journey_as_of") }} as now
left join first_channels on first_channels.journey_id = people.journey_id
