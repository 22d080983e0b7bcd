{{ config(materialized="view") }}
-- What funnels are made of, and what those did who did not want to be known: their events count, and are nobody's.
-- A view, since both kinds stand in tables already.
select
    event_id,
    entity_id as journey_id,
    person_id,
    account_id,
    event,
    detail as page_path,
    occurred_at
from {{ ref("int_journey_event") }}

union all

select
    action_id,
    cast(null as {{ dbt.type_string() }}),
    cast(null as {{ dbt.type_string() }}),
    cast(null as {{ dbt.type_string() }}),
    action,
    page_path,
    acted_at
from {{ ref("int_website_action") }} as actions
where not {{ company.is_somebody("actions.visitor_id") }}
