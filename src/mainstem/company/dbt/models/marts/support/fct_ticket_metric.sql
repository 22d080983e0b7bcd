-- A ticket's times by the calendar and in office hours, under the names that fivetran's dbt_zendesk has for them.
with measured as (
    select
        stretch.ticket_id,
        sum(case when stretch.measure = 'reply' and reply.is_first then stretch.calendar_seconds end) as first_reply_calendar,
        sum(case when stretch.measure = 'reply' and reply.is_first then stretch.business_seconds end) as first_reply_business,
        sum(case when stretch.measure = 'reply' then stretch.calendar_seconds end) as total_reply_calendar,
        {%- for measure in ["first_resolution", "full_resolution"] %}
        sum(case when stretch.measure = '{{ measure }}' then stretch.calendar_seconds end) as {{ measure }}_calendar,
        sum(case when stretch.measure = '{{ measure }}' then stretch.business_seconds end) as {{ measure }}_business,
        {%- endfor %}
        {%- for wait, statuses in company.support_waits().items() %}
        {%- for kind in ["calendar", "business"] %}
        sum(case when stretch.measure in ({% for status in statuses %}'status {{ status }}'{{ ", " if not loop.last }}{% endfor %}) then stretch.{{ kind }}_seconds end) as {{ wait }}_{{ kind }},
        {%- endfor %}
        {%- endfor %}
        max(stretch.schedule_id) as schedule_id
    from {{ ref("int_ticket_stretch") }} as stretch
    left join {{ ref("int_ticket_reply") }} as reply
        on stretch.measure = 'reply'
        and reply.ticket_id = stretch.ticket_id
        and cast(reply.question as {{ dbt.type_string() }}) = stretch.part
    where stretch.measure <> 'target'
    group by stretch.ticket_id
),

comments as (
    select
        ticket_id,
        {{ company.total("case when author_role = 'agent' then 1 else 0 end") }} as agent_comments,
        {{ company.total("case when author_role = 'agent' and is_public then 1 else 0 end") }} as public_agent_comments,
        {{ company.total("case when author_role = 'requester' then 1 else 0 end") }} as requester_comments
    from {{ ref("stg_support__ticket_comments") }}
    where not is_deleted
    group by ticket_id
),

resolutions as (
    select
        ticket_id,
        {{ company.total("case when coalesce(status_before, '') not in ('solved', 'closed') then 1 else 0 end") }} as resolutions
    from {{ ref("int_ticket_status") }}
    where status in ('solved', 'closed')
    group by ticket_id
)

select
    ticket.ticket_id,
    detail.external_id,
    ticket.account_id,
    detail.subject,
    detail.ticket_type,
    detail.priority,
    ticket.status,
    detail.created_channel,
    detail.assignee_name,
    detail.group_name,
    detail.organization_name,
    ticket.created_at,
    ticket.created_date,
    cast({{ company.minutes("measured.first_reply_calendar") }} as double) as first_reply_time_calendar_minutes,
    cast({{ company.minutes("measured.first_reply_business") }} as double) as first_reply_time_business_minutes,
    cast({{ company.minutes("measured.total_reply_calendar") }} as double) as total_reply_time_calendar_minutes,
    ticket.first_solved_at,
    cast({{ company.minutes("measured.first_resolution_calendar") }} as double) as first_resolution_calendar_minutes,
    cast({{ company.minutes("measured.first_resolution_business") }} as double) as first_resolution_business_minutes,
    cast(case when ticket.is_solved then {{ company.minutes("measured.full_resolution_calendar") }} end as double) as final_resolution_calendar_minutes,
    cast(case when ticket.is_solved then {{ company.minutes("measured.full_resolution_business") }} end as double) as full_resolution_business_minutes,
    {%- for wait in company.support_waits() %}
    {%- for kind in ["calendar", "business"] %}
    cast({{ company.minutes("coalesce(measured." ~ wait ~ "_" ~ kind ~ ("" if kind == "calendar" else ", case when measured.schedule_id is not null then 0 end") ~ (", 0" if kind == "calendar" else "") ~ ")") }} as double) as {{ wait }}_in_{{ kind }}_minutes,
    {%- endfor %}
    {%- endfor %}
    coalesce(resolutions.resolutions, 0) as count_resolutions,
    ticket.reopens as count_reopens,
    coalesce(comments.agent_comments, 0) as count_agent_comments,
    coalesce(comments.public_agent_comments, 0) as count_public_agent_comments,
    coalesce(comments.requester_comments, 0) as count_end_user_comments,
    ticket.is_solved and coalesce(comments.public_agent_comments, 0) = 1 as is_one_touch_resolution,
    ticket.satisfaction_score as ticket_satisfaction_score
from {{ ref("fct_ticket") }} as ticket
left join {{ ref("stg_support__ticket_details") }} as detail on detail.ticket_id = ticket.ticket_id
left join measured on measured.ticket_id = ticket.ticket_id
left join comments on comments.ticket_id = ticket.ticket_id
left join resolutions on resolutions.ticket_id = ticket.ticket_id
