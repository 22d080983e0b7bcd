{#
  The channel of an origin by the rules in `journey_channels`, the first that fits.

  A rule is a mapping with `channel` and one or more of source, medium, campaign (utm values) and referrer (the
  referring host without www.), each a list of LIKE patterns in small letters; all that are named must fit. A
  rule without any fits everything. `hosts` of the company's own site (`journey_site_hosts`) are no referrer.
#}
{% macro journey_channel(source, medium, campaign, referrer) -%}
  {%- set expressions = {"source": source, "medium": medium, "campaign": campaign, "referrer": referrer} -%}
  case
  {%- for rule in var("journey_channels") %}
    {%- for key in rule if key != "channel" and key not in expressions -%}
      {{ exceptions.raise_compiler_error(
        "journey_channels: rule " ~ loop.index ~ " names `" ~ key ~ "`; valid are channel, source, medium, campaign, referrer") }}
    {%- endfor %}
    when true
    {%- for key, patterns in rule.items() if key != "channel" %} and (
        {%- for pattern in patterns %}lower({{ expressions[key] }}) like '{{ pattern }}'{{ " or " if not loop.last }}{% endfor -%}
    )
    {%- endfor %} then '{{ rule.channel }}'
  {%- endfor %}
  end
{%- endmacro %}

{# The host of an address in small letters without www., or NULL where it is none. #}
{% macro journey_host(address) -%}
  {%- set after = dbt.split_part(address, "'://'", 2) -%}
  {%- set host = dbt.split_part(dbt.split_part(dbt.split_part(dbt.split_part(after, "'/'", 1), "'?'", 1), "'#'", 1), "':'", 1) -%}
  nullif(case when lower({{ host }}) like 'www.%' then substr(lower({{ host }}), 5) else lower({{ host }}) end, '')
{%- endmacro %}

{# Whether a host is one of the company's own site. #}
{% macro journey_is_own(host) -%}
  coalesce({{ host }} in ({% for own in var("journey_site_hosts") %}'{{ own | replace("www.", "") }}'{{ ", " if not loop.last }}{% endfor %}), false)
{%- endmacro %}
