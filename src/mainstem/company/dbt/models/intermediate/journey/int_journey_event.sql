{{ config(materialized="view") }}
-- What people did, under the names that funnels use.
select event_id, entity_id, person_id, account_id, event, detail, occurred_at
from {{ ref("int_journey_action") }}

union all

select
    stage || ':' || journey_id,
    journey_id,
    person_id,
    account_id,
    stage,
    cast(null as {{ dbt.type_string() }}),
    entered_at
from {{ ref("int_journey_stage") }}
where stage in ('licence', 'server_active', 'engaged')
