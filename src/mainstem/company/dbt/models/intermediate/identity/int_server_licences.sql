-- Which server said it runs with which licence, and why that joins nothing, if it does not.
with known as (
    select * from {{ ref("int_identity_servers") }} where licence_id <> ''
),

shares as (
    select licence_id, count(distinct server_id) as n_servers
    from known
    group by licence_id
)

select
    known.server_id,
    known.licence_id,
    known.first_seen_at,
    known.last_seen_at,
    case
        when junk.id_value is not null then 'junk_value'
        when junk_server.id_value is not null then 'junk_value'
        when denied.node_a is not null then 'denied_edge'
        when shares.n_servers > {{ var("identity_max_servers_of_licence") }} then 'licence_servers'
    end as refused
from known
inner join shares on shares.licence_id = known.licence_id
left join {{ ref("stg_identity__junk_values") }} as junk
    on junk.id_type = 'licence' and junk.id_value = lower(trim(known.licence_id))
left join {{ ref("stg_identity__junk_values") }} as junk_server
    on junk_server.id_type = 'server' and junk_server.id_value = lower(trim(known.server_id))
left join {{ ref("stg_identity__denied_edges") }} as denied
    on denied.node_a = {{ company.node("licence", "known.licence_id") }}
    and denied.node_b = {{ company.node("server", "known.server_id") }}
