-- Each pair once, in the order in which edges name their ends.
select distinct
    least(one, other) as node_a,
    greatest(one, other) as node_b
from (
    select
        id_type || ':' || case when id_type = 'email' then lower(trim(id_value)) else id_value end as one,
        other_type || ':' || case when other_type = 'email' then lower(trim(other_value)) else other_value end as other
    from {{ ref("base_identity__denied_edges") }}
) as denied
where one is not null and other is not null
