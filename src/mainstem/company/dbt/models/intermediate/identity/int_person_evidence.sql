-- Pairs of ids that stood together in an event or a row of a system, each with why it is refused, if it is.
with marks as (
    select evidence, visitor_id, user_id, email, marked_at from {{ ref("int_identity_marks") }}
),

leads as (
    select lead_id, email, portal_customer_id, coalesce(created_at, updated_at) as created_at
    from {{ ref("stg_crm__leads") }}
    where not is_deleted
),

contacts as (
    select contact_id, email, coalesce(created_at, updated_at) as created_at
    from {{ ref("stg_crm__contacts") }}
    where not is_deleted
),

users as (
    select distinct user_id from marks where user_id is not null
),

seen as (
    select
        {{ company.node("portal_user", "user_id") }} as one,
        {{ company.node("email", "email") }} as other,
        'identify' as evidence,
        marked_at as seen_at
    from marks
    union all
    -- A user id that took the place of another one; the id of a visitor is no user's.
    select
        {{ company.node("portal_user", "marks.visitor_id") }} as one,
        {{ company.node("portal_user", "marks.user_id") }} as other,
        'alias' as evidence,
        marks.marked_at as seen_at
    from marks
    inner join users on users.user_id = marks.visitor_id
    where marks.evidence = 'alias' and marks.visitor_id <> marks.user_id
    union all
    select
        {{ company.node("crm_lead", "lead_id") }} as one,
        {{ company.node("portal_user", "portal_customer_id") }} as other,
        'lead' as evidence,
        created_at as seen_at
    from leads
    union all
    select
        {{ company.node("crm_lead", "lead_id") }} as one,
        {{ company.node("email", "email") }} as other,
        'lead' as evidence,
        created_at as seen_at
    from leads
    union all
    select
        {{ company.node("crm_contact", "contact_id") }} as one,
        {{ company.node("email", "email") }} as other,
        'contact' as evidence,
        created_at as seen_at
    from contacts
    union all
    -- A row without any other id is a person too.
    select
        {{ company.node("crm_lead", "lead_id") }} as one,
        {{ company.node("crm_lead", "lead_id") }} as other,
        'row' as evidence,
        created_at as seen_at
    from leads
    union all
    select
        {{ company.node("crm_contact", "contact_id") }} as one,
        {{ company.node("crm_contact", "contact_id") }} as other,
        'row' as evidence,
        created_at as seen_at
    from contacts
),

pairs as (
    select
        least(one, other) as node_a,
        greatest(one, other) as node_b,
        evidence,
        min(seen_at) as first_seen_at
    from seen
    where one is not null and other is not null
    group by 1, 2, 3
),

judged as (
    select
        pairs.node_a,
        pairs.node_b,
        pairs.evidence,
        pairs.first_seen_at,
        case
            when junk_a.id_value is not null or junk_b.id_value is not null then 'junk_value'
            when denied.node_a is not null then 'denied_edge'
        end as refused
    from pairs
    left join {{ ref("stg_identity__junk_values") }} as junk_a
        on junk_a.id_type = {{ company.node_type("pairs.node_a") }}
        and junk_a.id_value = lower({{ company.node_value("pairs.node_a") }})
    left join {{ ref("stg_identity__junk_values") }} as junk_b
        on junk_b.id_type = {{ company.node_type("pairs.node_b") }}
        and junk_b.id_value = lower({{ company.node_value("pairs.node_b") }})
    left join {{ ref("stg_identity__denied_edges") }} as denied
        on denied.node_a = pairs.node_a and denied.node_b = pairs.node_b
),

-- Users and contacts of an e-mail: from an identify call, and from a lead that has both.
mail_ends as (
    select
        case when node_a like 'email:%' then node_a else node_b end as mail,
        case when node_a like 'email:%' then node_b else node_a end as node
    from judged
    where refused is null and (node_a like 'email:%' or node_b like 'email:%')
    union all
    select mail.node_b as mail, portal.node_b as node
    from judged as mail
    inner join judged as portal
        on portal.node_a = mail.node_a and portal.node_b like 'portal_user:%' and portal.refused is null
    where mail.node_a like 'crm_lead:%' and mail.node_b like 'email:%' and mail.refused is null
),

mails as (
    select
        mail,
        count(distinct case when node like 'portal_user:%' then node end) as n_users,
        count(distinct case when node like 'crm_contact:%' then node end) as n_contacts,
        min(case when node like 'portal_user:%' then node end) as least_user
    from mail_ends
    group by mail
)

select
    judged.node_a,
    judged.node_b,
    judged.evidence,
    judged.first_seen_at,
    coalesce(judged.refused, case
        when mails.n_users > {{ var("identity_max_users_of_email") }} then 'email_users'
        when mails.n_contacts > {{ var("identity_max_contacts_of_email") }} then 'email_contacts'
    end) as refused,
    -- The user an e-mail stands for, where there is one.
    case when mails.n_users = 1 then mails.least_user end as mail_user
from judged
left join mails on mails.mail = case when judged.node_a like 'email:%' then judged.node_a else judged.node_b end
