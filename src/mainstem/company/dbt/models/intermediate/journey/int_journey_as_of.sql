-- Until when the events tell: what had less time than it needs by then is unknown, not failed. By what was
-- loaded and not by the clock, so that the same events give the same tables whenever they are built.
{%- set fixed = var("journey_as_of") %}
select
    {% if fixed -%}
    cast('{{ fixed }}' as {{ company.type_moment() }}) as as_of
    {%- else -%}
    max(newest) as as_of
    {%- endif %}
from (
    select max(loaded_at) as newest from {{ ref("int_website_action") }}
    union all
    select max(loaded_at) from {{ ref("stg_servers__server") }}
) as sources
