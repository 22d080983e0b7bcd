select
    ticket.id as ticket_id,
    ticket.external_id,
    ticket.subject,
    ticket.type as ticket_type,
    lower(ticket.priority) as priority,
    ticket.via_channel as created_channel,
    ticket.assignee_id,
    assignee.name as assignee_name,
    ticket.group_id,
    team.name as group_name,
    organization.name as organization_name
from {{ ref("base_zendesk__ticket") }} as ticket
left join {{ ref("base_zendesk__user") }} as assignee on assignee.id = ticket.assignee_id
left join {{ ref("base_zendesk__group") }} as team on team.id = ticket.group_id
left join {{ ref("base_zendesk__organization") }} as organization on organization.id = ticket.organization_id
