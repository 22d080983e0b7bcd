{# What a status of the tracker means: to_do, in_progress or done; one that no list names is in_progress, so that
   work is not lost from what is under way. #}
{% macro status_category(status) -%}
  case
    when {{ company.is_one_of(status, "engineering_to_do_statuses") }} then 'to_do'
    when {{ company.is_one_of(status, "engineering_done_statuses") }} then 'done'
    else 'in_progress'
  end
{%- endmacro %}

{# Hours from one moment to another, to the second. #}
{% macro hours_between(start, finish) -%}
  ({{ dbt.datediff(start, finish, "second") }} / cast(3600.0 as double))
{%- endmacro %}
