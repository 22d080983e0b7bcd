with refused as (
    select node_a, node_b, refused, mail_user from {{ ref("int_person_evidence") }} where refused is not null
),

found as (
    select node, reason, count(*) as n_evidence
    from (
        select
            case when junk.id_value is not null then refused.node_a else refused.node_b end as node,
            'junk_value' as reason
        from refused
        left join {{ ref("stg_identity__junk_values") }} as junk
            on junk.id_type = {{ company.node_type("refused.node_a") }}
            and junk.id_value = lower({{ company.node_value("refused.node_a") }})
        where refused.refused = 'junk_value'
        union all
        select
            case when node_a like 'email:%' then node_a else node_b end as node,
            refused as reason
        from refused
        where refused in ('email_users', 'email_contacts')
    ) as edges
    group by node, reason
    union all
    select {{ company.node("anonymous_id", "visitors.visitor_id") }} as node, 'junk_value' as reason, 1 as n_evidence
    from {{ ref("int_identity_visitors") }} as visitors
    inner join {{ ref("stg_identity__junk_values") }} as junk
        on junk.id_type = 'anonymous_id' and junk.id_value = lower(trim(visitors.visitor_id))
    union all
    select {{ company.node("anonymous_id", "visitor_id") }} as node, refused as reason, n_owners as n_evidence
    from {{ ref("int_visitor_spans") }}
    where refused = 'visitor_users'
    union all
    select {{ company.node("licence", "licence_id") }} as node, refused as reason, count(*) as n_evidence
    from {{ ref("int_server_licences") }}
    where refused in ('junk_value', 'licence_servers')
    group by licence_id, refused
    union all
    select {{ company.node("licence", "evidence.licence_id") }} as node, 'licence_accounts' as reason, count(distinct evidence.account_id) as n_evidence
    from {{ ref("int_licence_account_evidence") }} as evidence
    left join {{ ref("bdg_licence_account") }} as placed on placed.licence_id = evidence.licence_id
    where placed.licence_id is null
    group by evidence.licence_id
    union all
    select {{ company.node("person", "evidence.person_id") }} as node, 'person_accounts' as reason, count(distinct evidence.account_id) as n_evidence
    from {{ ref("int_person_account_evidence") }} as evidence
    left join {{ ref("bdg_person_account") }} as placed on placed.person_id = evidence.person_id
    where placed.person_id is null
    group by evidence.person_id
    union all
    -- A denial that names no edge keeps nothing apart: the two are joined by something else, or not at all.
    select denied.node_a as node, 'denied_edge_not_found' as reason, 1 as n_evidence
    from {{ ref("stg_identity__denied_edges") }} as denied
    left join (
        select node_a, node_b from refused
        union
        select least(node_a, node_b) as node_a, greatest(node_a, node_b) as node_b
        from (
            select {{ company.node("anonymous_id", "visitor_id") }} as node_a, {{ company.node("portal_user", "user_id") }} as node_b
            from {{ ref("int_identity_marks") }}
            union
            select {{ company.node("anonymous_id", "visitor_id") }} as node_a, {{ company.node("email", "email") }} as node_b
            from {{ ref("int_identity_marks") }}
            union
            select {{ company.node("licence", "licence_id") }} as node_a, {{ company.node("server", "server_id") }} as node_b
            from {{ ref("int_server_licences") }}
        ) as seen
    ) as edges on edges.node_a = denied.node_a and edges.node_b = denied.node_b
    where edges.node_a is null and denied.node_a not like 'account:%'
)

select
    reason || '/' || node as suspect_id,
    {{ company.node_type("node") }} as id_type,
    {{ company.node_value("node") }} as id_value,
    reason,
    cast(n_evidence as {{ dbt.type_bigint() }}) as n_evidence
from found
where node is not null
