{{ config(materialized="connected_components") }}
select
    {{ company.node("server", "server_id") }} as node_a,
    {{ company.node("licence", "licence_id") }} as node_b
from {{ ref("int_server_licences") }}
where refused is null
