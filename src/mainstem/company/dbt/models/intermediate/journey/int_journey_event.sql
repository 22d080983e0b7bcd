-- What people did, under the names that funnels use. Every funnel reads it, so it is worked out once.
select
    actions.action_id as event_id,
    coalesce(people.account_id, who.person_id, actions.visitor_id) as entity_id,
    actions.action as event,
    actions.page_path as detail,
    actions.acted_at as occurred_at
from {{ ref("int_website_action") }} as actions
{{ company.join_journey_person("actions", "actions.acted_at") }}
left join {{ ref("int_journey_person_account") }} as people
    on people.person_id = coalesce(who.person_id, actions.visitor_id)
where actions.visitor_id is not null

union all

select
    stage || ':' || journey_id,
    journey_id,
    stage,
    cast(null as {{ dbt.type_string() }}),
    entered_at
from {{ ref("int_journey_stage") }}
where stage in ('licence', 'server_active', 'engaged')
