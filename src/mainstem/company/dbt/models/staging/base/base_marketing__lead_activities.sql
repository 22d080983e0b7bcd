{% if company.is_from("marketing", "marketo") -%}
-- Whom Marketo has deleted did what they did, and is nobody any more.
select
    activity.id,
    lead.email,
    activity.activity,
    activity.asset,
    cast(coalesce(activity.program_id, campaign.program_id) as {{ dbt.type_string() }}) as campaign_id,
    activity.activity_date as activity_at,
    cast(null as {{ company.type_moment() }}) as updated_at,
    activity._fivetran_deleted as _deleted
from {{ ref("base_marketo__activity") }} as activity
left join {{ ref("base_marketo__campaign") }} as campaign on campaign.id = activity.campaign_id
left join {{ ref("base_marketo__lead") }} as lead
    on lead.id = activity.lead_id
    and not coalesce(lead._fivetran_deleted, false)
{% else -%}
{{ known_columns(source("marketing", "lead_activities"), {
    "id": dbt.type_string(),
    "email": dbt.type_string(),
    "activity": dbt.type_string(),
    "asset": dbt.type_string(),
    "campaign_id": dbt.type_string(),
    "activity_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
