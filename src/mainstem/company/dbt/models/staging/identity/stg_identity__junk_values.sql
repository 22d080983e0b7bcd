-- The package's own list, the project's and the table's; compared in lower case.
select distinct id_type, lower(trim(id_value)) as id_value
from (
    select id_type, id_value from {{ ref("base_identity__junk_values") }}
    {%- for id_type, values in var("identity_junk_values").items() %}
    {%- for value in values %}
    union all select '{{ id_type }}' as id_type, '{{ value | replace("'", "''") }}' as id_value
    {%- endfor %}
    {%- endfor %}
) as listed
where id_type is not null and id_value is not null
