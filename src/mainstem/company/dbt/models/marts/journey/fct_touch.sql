{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="visitor_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_visitors() }}",
) }}
-- depends_on: {{ ref("int_journey_visitor") }}
{%- set mark = company.watermark("built_at") %}
-- Coming back from the company's own site after a pause is no touch. A browser that several people used is,
-- at the end of a touch, the person who was then known to use it. Late events may show that a touch was none, so
-- rows of touched visitors are deleted before theirs are added.
select
    touches.touch_id,
    touches.session_id,
    coalesce(who.person_id, touches.visitor_id) as person_id,
    people.account_id,
    coalesce(people.account_id, who.person_id, touches.visitor_id) as journey_id,
    touches.visitor_id,
    touches.started_at as touched_at,
    {{ company.utc_date("touches.started_at") }} as touched_date,
    touches.channel,
    touches.channel = 'direct' as is_direct,
    touches.campaign_source,
    touches.campaign_medium,
    touches.campaign_name,
    touches.referrer_host,
    touches.landing_path,
    touches.loaded_at,
    {{ company.built_now() }} as built_at
from {{ ref("int_website_touch") }} as touches
{{ company.join_journey_person("touches", "touches.ended_at") }}
left join {{ ref("int_journey_person_account") }} as people
    on people.person_id = coalesce(who.person_id, touches.visitor_id)
where touches.channel <> 'internal'
    and {{ company.is_somebody("touches.visitor_id") }}
    {%- if mark %}
    and touches.visitor_id in (
        {{ company.journey_touched_visitors(mark) }}
    )
    {%- endif %}
