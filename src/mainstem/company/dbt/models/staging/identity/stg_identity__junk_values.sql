-- Values of the variables and of the table; compared in lower case.
select distinct id_type, lower(trim(id_value)) as id_value
from (
    select id_type, id_value from {{ ref("base_identity__junk_values") }}
    {%- for id_type, values in var("identity_junk_values").items() %}
    {%- for value in values %}
    union all select '{{ id_type }}' as id_type, '{{ value | replace("'", "''") }}' as id_value
    {%- endfor %}
    {%- endfor %}
    {%- for licence in var("internal_licences") %}
    union all select 'licence' as id_type, '{{ licence | replace("'", "''") }}' as id_value
    {%- endfor %}
) as listed
where id_type is not null and id_value is not null
