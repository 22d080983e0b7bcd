-- Every id that was named beside another one, and the person it belongs to.
with seen as (
    select node_a as node, first_seen_at from {{ ref("int_person_evidence") }} where coalesce(refused, '') <> 'junk_value'
    union all
    select node_b as node, first_seen_at from {{ ref("int_person_evidence") }} where coalesce(refused, '') <> 'junk_value'
    union all
    select node, first_seen_at from {{ ref("int_visitor_spans") }}
    union all
    select owner_node as node, owner_first_seen_at as first_seen_at
    from {{ ref("int_visitor_spans") }}
    where owner_node is not null
    union all
    -- A user who was seen on nothing but what is refused is somebody all the same.
    select {{ company.node("portal_user", "marks.user_id") }} as node, marks.marked_at as first_seen_at
    from {{ ref("int_identity_marks") }} as marks
    left join {{ ref("stg_identity__junk_values") }} as junk
        on junk.id_type = 'portal_user' and junk.id_value = lower(trim(marks.user_id))
    where marks.user_id is not null and junk.id_value is null
),

nodes as (
    select node, min(first_seen_at) as first_seen_at
    from seen
    group by node
),

components as (
    select node_a as node, component from {{ ref("int_person_components") }}
    union
    select node_b as node, component from {{ ref("int_person_components") }}
),

placed as (
    select nodes.node, nodes.first_seen_at, coalesce(components.component, nodes.node) as component
    from nodes
    left join components on components.node = nodes.node
),

-- An e-mail alone is nobody yet.
oldest as (
    select
        component,
        node,
        row_number() over (partition by component order by first_seen_at, node) as place
    from placed
    where node not like 'email:%'
)

select
    placed.node,
    {{ company.node_type("placed.node") }} as id_type,
    {{ company.node_value("placed.node") }} as id_value,
    {{ company.person_of("oldest.node") }} as person_id,
    placed.first_seen_at
from placed
inner join oldest on oldest.component = placed.component and oldest.place = 1
