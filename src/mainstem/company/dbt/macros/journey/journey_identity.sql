{#
  Who a visitor was at a moment. `journey_identity: true` takes the persons that identity found; otherwise every
  visitor is a person of their own.
#}
{% macro journey_visitor_persons() -%}
  {%- if var("journey_identity") -%}
    {{ ref("bdg_visitor_person") }}
  {%- else -%}
    (
      select
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as person_id,
        cast(null as {{ company.type_moment() }}) as valid_from,
        cast(null as {{ company.type_moment() }}) as valid_to
      where 1 = 0
    )
  {%- endif -%}
{%- endmacro %}

{#
  The join for it: `alias`'s visitor at `moment`; then `coalesce(who.person_id, alias.visitor_id)`. Spans have both
  ends: to ask whether one is missing costs sixteen times the join.
#}
{% macro join_journey_person(alias, moment) -%}
left join {{ company.journey_visitor_persons() }} as who
    on who.visitor_id = {{ alias }}.visitor_id
    and {{ moment }} >= who.valid_from
    and {{ moment }} < who.valid_to
{%- endmacro %}

{# The account of each e-mail address that contacts have: of several the first by its id, not yet the canonical one. #}
{% macro journey_contacts() -%}
    (
        select email, min(account_id) as account_id
        from {{ ref("stg_crm__contacts") }}
        where email is not null
            and not is_deleted
        group by email
    )
{%- endmacro %}
