{# The normal quantile of the interval that var `product_interval` asks for, two-sided. #}
{% macro interval_z() -%}
  {%- set known = {0.8: 1.281552, 0.9: 1.644854, 0.95: 1.959964, 0.99: 2.575829} -%}
  {%- set share = var("product_interval") | float -%}
  {%- if share not in known -%}
    {{ exceptions.raise_compiler_error("product_interval is " ~ share ~ "; it must be one of 0.8, 0.9, 0.95, 0.99") }}
  {%- endif -%}
  {{ return(known[share]) }}
{%- endmacro %}

{#
  Student's quantile for the same interval: the Cornish-Fisher expansion in 1 / df (Abramowitz and Stegun
  26.7.5), right to 1 % from 4 degrees of freedom on; fewer count as 4.
#}
{% macro interval_t(df) -%}
  {%- set z = company.interval_z() -%}
  ({{ z }}
    + {{ (z ** 3 + z) / 4 }} / greatest({{ df }}, 4)
    + {{ (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 }} / power(greatest({{ df }}, 4), 2)
    + {{ (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 }} / power(greatest({{ df }}, 4), 3))
{%- endmacro %}
