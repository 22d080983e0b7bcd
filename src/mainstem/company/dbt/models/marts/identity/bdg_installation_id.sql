with servers as (
    select server_id, min(first_seen_at) as first_seen_at
    from {{ ref("int_identity_servers") }}
    group by server_id
),

components as (
    select node_a as node, component from {{ ref("int_installation_components") }}
    union
    select node_b as node, component from {{ ref("int_installation_components") }}
),

nodes as (
    select
        'server' as id_type,
        server_id as id_value,
        {{ company.node("server", "server_id") }} as node,
        first_seen_at
    from servers
    union all
    select
        'licence' as id_type,
        licence_id as id_value,
        {{ company.node("licence", "licence_id") }} as node,
        min(first_seen_at) as first_seen_at
    from {{ ref("int_server_licences") }}
    where refused is null
    group by licence_id
),

placed as (
    select nodes.*, coalesce(components.component, nodes.node) as component
    from nodes
    left join components on components.node = nodes.node
),

oldest as (
    select
        component,
        node,
        row_number() over (partition by component order by first_seen_at, node) as place
    from placed
    where id_type = 'server'
)

select
    placed.id_type,
    placed.id_value,
    {{ company.installation_of("oldest.node") }} as installation_id,
    placed.first_seen_at
from placed
inner join oldest on oldest.component = placed.component and oldest.place = 1
