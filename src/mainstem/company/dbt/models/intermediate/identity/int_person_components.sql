{{ config(materialized="connected_components") }}
select node_a, node_b
from {{ ref("int_person_evidence") }}
where refused is null and node_a <> node_b
union all
select node as node_a, owner_node as node_b
from {{ ref("int_visitor_spans") }}
where owner_node is not null and node <> owner_node
