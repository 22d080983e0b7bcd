{{ config(materialized="view") }}
select
    changed_at,
    change_type,
    previous_person_id,
    person_id,
    cast(count(*) as {{ dbt.type_bigint() }}) as n_ids
from {{ ref("int_person_history") }}
where change_type <> 'first'
group by 1, 2, 3, 4
