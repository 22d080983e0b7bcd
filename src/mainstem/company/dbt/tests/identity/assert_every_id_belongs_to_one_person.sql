select id_type, id_value, count(*) as n_rows
from {{ ref("bdg_person_id") }}
group by id_type, id_value
having count(*) > 1
