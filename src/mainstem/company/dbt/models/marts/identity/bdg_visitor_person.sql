{{ config(materialized="view") }}
-- Visitors that were never named are persons of their own.
select
    spans.visitor_id,
    spans.valid_from,
    spans.valid_to,
    nodes.person_id,
    spans.owner_node is not null as is_named,
    spans.n_owners > 1 as is_shared
from {{ ref("int_visitor_spans") }} as spans
inner join {{ ref("int_person_nodes") }} as nodes on nodes.node = spans.node
union all
select
    visitors.visitor_id,
    {{ company.always_before() }} as valid_from,
    {{ company.always_after() }} as valid_to,
    {{ company.person_of(company.node("anonymous_id", "visitors.visitor_id")) }} as person_id,
    false as is_named,
    false as is_shared
from {{ ref("int_identity_visitors") }} as visitors
left join (select distinct visitor_id from {{ ref("int_visitor_spans") }}) as named
    on named.visitor_id = visitors.visitor_id
left join {{ ref("stg_identity__junk_values") }} as junk
    on junk.id_type = 'anonymous_id' and junk.id_value = lower(trim(visitors.visitor_id))
where named.visitor_id is null and junk.id_value is null
