{{ config(materialized="view") }}
-- Of a shared anonymous id: the person it belonged to first.
select id_type, id_value, person_id, first_seen_at
from {{ ref("int_person_nodes") }}
where id_type <> 'anonymous_id' or id_value not like '%#%'
union all
select
    'anonymous_id' as id_type,
    visitors.visitor_id as id_value,
    persons.person_id,
    visitors.first_seen_at
from {{ ref("bdg_visitor_person") }} as persons
inner join {{ ref("int_identity_visitors") }} as visitors on visitors.visitor_id = persons.visitor_id
left join (select distinct visitor_id from {{ ref("int_visitor_spans") }}) as named
    on named.visitor_id = visitors.visitor_id
where named.visitor_id is null
