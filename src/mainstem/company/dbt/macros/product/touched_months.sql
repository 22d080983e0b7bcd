{#
  Months of which the model that is being built may have to say something else: those in which servers told
  something new, and all of a server that counts since, or counts no more. For models that hold `built_at`.
#}
{% macro touched_months(mark) -%}
    select month from {{ ref("int_metric_server_month") }} where built_at > {{ mark }}
    union
    select month from {{ ref("fct_server_month") }} where built_at > {{ mark }}
    union
    select months.month
    from {{ ref("fct_server_month") }} as months
    inner join {{ ref("dim_server") }} as server on server.server_id = months.server_id
    where server.changed_at > {{ mark }}
{%- endmacro %}

{# Deletes their rows, also where no row takes the place of one. In a hook: part of the model's own transaction. #}
{% macro forget_touched_months() -%}
  {%- set mark = company.watermark("built_at") -%}
  {%- if mark -%}
    delete from {{ this }} where month in (
        {{ company.touched_months(mark) }}
    )
  {%- endif -%}
{%- endmacro %}
