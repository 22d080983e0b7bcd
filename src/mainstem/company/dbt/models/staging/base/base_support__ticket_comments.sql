{% if company.is_from("support", "zendesk") -%}
select
    comment.id,
    comment.ticket_id,
    case
        when author.role in ('agent', 'admin') then 'agent'
        when author.role = 'end-user' then 'requester'
    end as author_role,
    comment.public as "public",
    comment.created as created_at,
    comment.created as updated_at,
    comment._fivetran_deleted as _deleted
from {{ ref("base_zendesk__ticket_comment") }} as comment
left join {{ ref("base_zendesk__user") }} as author on author.id = comment.user_id
{% else -%}
{{ known_columns(source("support", "ticket_comments"), {
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "author_role": dbt.type_string(),
    "public": dbt.type_boolean(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
