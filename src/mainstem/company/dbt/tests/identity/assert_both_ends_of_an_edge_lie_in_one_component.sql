-- Of both graphs: a node that lay in two would be two persons, or two installations.
select node, count(distinct component) as n_components
from (
    select node_a as node, component from {{ ref("int_person_components") }}
    union all
    select node_b as node, component from {{ ref("int_person_components") }}
    union all
    select node_a as node, component from {{ ref("int_installation_components") }}
    union all
    select node_b as node, component from {{ ref("int_installation_components") }}
) as ends
group by node
having count(distinct component) > 1
