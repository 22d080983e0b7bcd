{#
  The day on which something happened, as far as its clock can be believed: an event that claims to be older
  than `product_believed_late_days` when it is received is dated by its receipt.
#}
{% macro believed_date(moment, received) -%}
  {{ company.utc_date(
    "case when " ~ moment ~ " < " ~ company.days_before(received, var("product_believed_late_days"))
    ~ " then " ~ received ~ " else " ~ moment ~ " end"
  ) }}
{%- endmacro %}

{# When this run of dbt began: rows of incremental models carry it, and models after them take what is newer. #}
{% macro built_now() -%}
  cast('{{ run_started_at }}' as {{ company.type_moment() }})
{%- endmacro %}

{#
  The least `column` among the rows of a SELECT, as a DATE literal, so that files are left out by comparing
  with it; none before a model's first build and in unit tests. A day of nothing new is the far future.
#}
{% macro least_date(select_days) -%}
  {%- if execute and this and is_incremental() -%}
    {%- set least = run_query("select cast(min(d) as " ~ dbt.type_string() ~ ") from (" ~ select_days ~ ") as days (d)").columns[0].values()[0] -%}
    {{ return("cast('" ~ (least or "9999-12-31") ~ "' as date)") }}
  {%- endif -%}
  {{ return(none) }}
{%- endmacro %}
