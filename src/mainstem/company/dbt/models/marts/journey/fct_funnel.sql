{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="entity_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys('entity_id') }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
{%- set events = ref("int_journey_event") %}
{%- if mark %}
  {%- set events = "(select * from " ~ events ~ " where entity_id in (" ~ company.touched_journeys(mark, "not is_matured", "entity_id") ~ "))" %}
{%- endif %}
-- Those of whom there is news, and those who still had time when they were looked at last.
select
    funnel_row_id,
    funnel,
    mode,
    entity_id,
    step,
    step_name,
    reached_at,
    attempt_started_at,
    is_matured,
    {{ company.built_now() }} as built_at
from (
{{ company.funnels(events, ref("int_journey_as_of"), var("journey_funnels")) }}
) as reached
