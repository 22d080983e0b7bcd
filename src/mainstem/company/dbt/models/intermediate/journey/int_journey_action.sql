{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="visitor_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_visitors() }}",
) }}
-- depends_on: {{ ref("int_website_touch") }}, {{ ref("int_journey_visitor") }}
{%- set mark = company.watermark("built_at") %}
-- What people did on the website, under the journey it belongs to. Visitors who did something or turned out to be
-- somebody else are made anew with all they did.
select
    actions.action_id as event_id,
    coalesce(people.account_id, who.person_id, actions.visitor_id) as entity_id,
    coalesce(who.person_id, actions.visitor_id) as person_id,
    people.account_id,
    actions.visitor_id,
    actions.action as event,
    actions.page_path as detail,
    actions.acted_at as occurred_at,
    {{ company.built_now() }} as built_at
from {{ ref("int_website_action") }} as actions
{{ company.join_journey_person("actions", "actions.acted_at") }}
left join {{ ref("int_journey_person_account") }} as people
    on people.person_id = coalesce(who.person_id, actions.visitor_id)
where {{ company.is_somebody("actions.visitor_id") }}
    {%- if mark %}
    and actions.visitor_id in (
        {{ company.journey_touched_visitors(mark) }}
    )
    {%- endif %}
