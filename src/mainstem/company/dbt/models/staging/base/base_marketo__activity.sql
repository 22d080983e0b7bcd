{%- set kinds = {
    "fill_out_form": "form_submitted",
    "send_email": "email_sent",
    "email_delivered": "email_delivered",
    "email_bounced": "email_bounced",
    "unsubscribe_email": "email_unsubscribed",
    "open_email": "email_opened",
    "click_email": "email_clicked",
    "change_status_in_progression": "",
} %}
-- A change of status in a program is the activity that `marketo_statuses` says; of any other status, status_changed.
{%- for table, kind in kinds.items() %}
select
    id,
    lead_id,
    campaign_id,
    primary_attribute_value as asset,
    activity_date,
    _fivetran_deleted,
    {%- if kind %}
    cast(null as {{ dbt.type_bigint() }}) as program_id,
    '{{ kind }}' as activity
    {%- else %}
    primary_attribute_value_id as program_id,
    case lower(trim(new_status))
        {%- for status, activity in var("marketo_statuses").items() %}
        when '{{ status }}' then '{{ activity }}'
        {%- endfor %}
        else 'status_changed'
    end as activity
    {%- endif %}
from (
{{ known_columns(source("marketo", "activity_" ~ table), {
    "id": dbt.type_string(),
    "lead_id": dbt.type_bigint(),
    "campaign_id": dbt.type_bigint(),
    "primary_attribute_value": dbt.type_string(),
    "primary_attribute_value_id": dbt.type_bigint(),
    "new_status": dbt.type_string(),
    "activity_date": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
) as {{ table }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
