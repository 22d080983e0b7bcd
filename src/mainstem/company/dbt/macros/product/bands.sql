{# Bands of registered users, by the limits of var `product_seats_bands`; NULL when nobody told. #}
{% macro seats_band(users) -%}
  {{ company.product_band(users, var("product_seats_bands")) }}
{%- endmacro %}

{# Bands of a server's age in days, by the limits of var `product_age_bands`. #}
{% macro age_band(days) -%}
  {{ company.product_band(days, var("product_age_bands")) }}
{%- endmacro %}

{# Bands are named so that they sort: `1: 0 to 9`, `2: 10 to 49`, … #}
{% macro product_band(value, limits) -%}
  case
    when {{ value }} is null then null
    {%- for limit in limits %}
    when {{ value }} < {{ limit }} then '{{ loop.index }}: {{ limits[loop.index0 - 1] if loop.index0 else 0 }} to {{ limit - 1 }}'
    {%- endfor %}
    else '{{ limits | length + 1 }}: {{ limits[-1] }} and more'
  end
{%- endmacro %}

{# The number of the band a value falls into, from 1; NULL for NULL. #}
{% macro product_band_number(value, limits) -%}
  case
    when {{ value }} is null then null
    {%- for limit in limits %}
    when {{ value }} < {{ limit }} then {{ loop.index }}
    {%- endfor %}
    else {{ limits | length + 1 }}
  end
{%- endmacro %}
