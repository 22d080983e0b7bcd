-- Whose a visitor was and when: a login span ends with the last event that names its user, and what comes after
-- it belongs to the next one who is named. Visitors that were never named are not here.
with mail_owners as (
    select distinct
        case when node_a like 'email:%' then node_a else node_b end as mail,
        mail_user,
        case when refused in ('email_users', 'email_contacts', 'junk_value') then 1 else 0 end as is_refused
    from {{ ref("int_person_evidence") }}
    where (node_a like 'email:%' or node_b like 'email:%') and coalesce(refused, '') <> 'denied_edge'
),

mails as (
    select mail, max(mail_user) as mail_user, max(is_refused) as is_refused
    from mail_owners
    group by mail
),

named as (
    select
        marks.mark_id,
        marks.visitor_id,
        marks.marked_at,
        case when marks.user_id is not null and junk_user.id_value is null then 1 else 0 end as is_login,
        case
            when marks.user_id is not null and junk_user.id_value is null
                then {{ company.node("portal_user", "marks.user_id") }}
            when mails.is_refused = 1 or junk_mail.id_value is not null or denied.node_a is not null then null
            else coalesce(mails.mail_user, {{ company.node("email", "marks.email") }})
        end as owner
    from {{ ref("int_identity_marks") }} as marks
    left join {{ ref("stg_identity__junk_values") }} as junk_user
        on junk_user.id_type = 'portal_user' and junk_user.id_value = lower(trim(marks.user_id))
    left join {{ ref("stg_identity__junk_values") }} as junk_mail
        on junk_mail.id_type = 'email' and junk_mail.id_value = marks.email
    left join {{ ref("stg_identity__junk_values") }} as junk_visitor
        on junk_visitor.id_type = 'anonymous_id' and junk_visitor.id_value = lower(trim(marks.visitor_id))
    left join mails on mails.mail = {{ company.node("email", "marks.email") }}
    left join {{ ref("stg_identity__denied_edges") }} as denied
        on denied.node_a = {{ company.node("anonymous_id", "marks.visitor_id") }}
        and denied.node_b = {{ company.node("email", "marks.email") }}
    where junk_visitor.id_value is null
),

changes as (
    select
        *,
        case
            when owner = lag(owner) over (partition by visitor_id order by marked_at, mark_id) then 0 else 1
        end as is_change
    from named
    where owner is not null
),

numbered as (
    select
        *,
        cast(sum(is_change) over (
            partition by visitor_id order by marked_at, mark_id rows between unbounded preceding and current row
        ) as {{ dbt.type_bigint() }}) as span_no
    from changes
),

runs as (
    select
        visitor_id,
        span_no,
        owner,
        min(marked_at) as first_at,
        max(marked_at) as last_at,
        max(case when is_login = 1 then marked_at end) as last_login_at
    from numbered
    group by visitor_id, span_no, owner
),

ended as (
    select
        runs.*,
        visitors.first_seen_at,
        -- After a login the SDK names the user in every event: one without it comes after a reset.
        case
            when runs.last_login_at = runs.last_at then runs.last_at + interval '1 millisecond'
            else runs.last_at + interval '{{ var("identity_mail_span_minutes") }} minutes'
        end as ends_at,
        lead(runs.first_at) over (partition by runs.visitor_id order by runs.span_no) as next_at,
        case when runs.last_login_at = runs.last_at and visitors.last_seen_at > runs.last_at then 1 else 0 end as is_left
    from runs
    left join {{ ref("int_identity_visitors") }} as visitors on visitors.visitor_id = runs.visitor_id
),

spans as (
    select
        visitor_id,
        span_no,
        owner,
        first_at,
        first_seen_at,
        case
            when next_at is not null then least(ends_at, next_at)
            when is_left = 1 then ends_at
            else {{ company.always_after() }}
        end as valid_to
    from ended
    union all
    select
        visitor_id,
        span_no + 1 as span_no,
        null as owner,
        ends_at as first_at,
        first_seen_at,
        {{ company.always_after() }} as valid_to
    from ended
    where next_at is null and is_left = 1
),

placed as (
    select
        *,
        coalesce(
            lag(valid_to) over (partition by visitor_id order by span_no), {{ company.always_before() }}
        ) as valid_from,
        first_value(owner) over (
            partition by visitor_id order by span_no rows between unbounded preceding and unbounded following
        ) as first_owner
    from spans
),

owners as (
    select visitor_id, count(distinct owner) as n_owners
    from runs
    group by visitor_id
),

kept as (
    select
        placed.*,
        owners.n_owners,
        case when owners.n_owners > {{ var("identity_max_users_of_visitor") }} then 1 else 0 end as is_crowded
    from placed
    inner join owners on owners.visitor_id = placed.visitor_id
),

named_spans as (
    select
        *,
        {{ company.node("anonymous_id", "visitor_id") }} as visitor_node,
        case
            when is_crowded = 1 then {{ company.node("anonymous_id", "visitor_id") }}
            when owner = {{ company.node("portal_user", "visitor_id") }} then owner
            when owner = first_owner then {{ company.node("anonymous_id", "visitor_id") }}
            else {{ company.node("anonymous_id", "visitor_id") }} || '#' || coalesce(owner, '')
        end as node
    from kept
    where is_crowded = 0 or span_no = 1
)

select
    spans.visitor_id,
    spans.span_no,
    spans.valid_from,
    case when spans.is_crowded = 1 then {{ company.always_after() }} else spans.valid_to end as valid_to,
    spans.node,
    case when spans.is_crowded = 0 and denied.node_a is null then spans.owner end as owner_node,
    spans.first_at as owner_first_seen_at,
    coalesce(
        case when spans.span_no = 1 then spans.first_seen_at else spans.valid_from end, spans.first_at
    ) as first_seen_at,
    spans.n_owners,
    case
        when spans.is_crowded = 1 then 'visitor_users'
        when denied.node_a is not null then 'denied_edge'
    end as refused
from named_spans as spans
left join {{ ref("stg_identity__denied_edges") }} as denied
    on denied.node_a = least(spans.visitor_node, spans.owner) and denied.node_b = greatest(spans.visitor_node, spans.owner)
