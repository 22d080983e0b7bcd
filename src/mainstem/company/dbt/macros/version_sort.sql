{#
  A release number as one integer that sorts as releases do: major × 1,000,000 + minor × 1,000 + patch.
  As text 10.2.0 comes before 9.11.0. A missing patch counts as 0; what is not two or three numbers
  (a development build, a typing mistake) gives NULL and so joins no series of releases.
#}
{% macro version_sort(version) -%}
  case
    when {{ dbt.split_part(version, "'.'", 4) }} <> '' then null
    else {{ dbt.safe_cast(dbt.split_part(version, "'.'", 1), dbt.type_bigint()) }} * 1000000
      + {{ dbt.safe_cast(dbt.split_part(version, "'.'", 2), dbt.type_bigint()) }} * 1000
      + {{ dbt.safe_cast("coalesce(nullif(" ~ dbt.split_part(version, "'.'", 3) ~ ", ''), '0')", dbt.type_bigint()) }}
  end
{%- endmacro %}
