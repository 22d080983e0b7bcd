{#
  The rows of an event table that an incremental model does not hold yet, each message once, with `loaded_at`.

  loaded_at is when the loader stored the row (`uuid_ts`); it never decreases as rows are added, whatever the
  event says of its own time, so late events are new rows like others. A copy of a message counts as a repeat
  when another one was loaded at most `repeat_window_days` before it; the first stands. Rows are looked for
  that far back, so what a build reads grows with the window and the day, not with the history, and any split
  of the same rows into builds gives what a full refresh gives.

  key: the column of `relation` that names a message; `this_key`: its name in the model.
#}
{% macro new_rows(relation, this_key, key="id") -%}
  {%- set days = var("repeat_window_days") | int -%}
  {%- set mark = company.watermark() -%}
(
    select counted.*
    from (
        select
            raw_rows.*,
            coalesce(raw_rows.uuid_ts, raw_rows.received_at) as loaded_at,
            lag(coalesce(raw_rows.uuid_ts, raw_rows.received_at)) over (
                partition by raw_rows.{{ key }}
                order by coalesce(raw_rows.uuid_ts, raw_rows.received_at), raw_rows.received_at
            ) as loaded_before
        from {{ relation }} as raw_rows
        {%- if mark %}
        where coalesce(raw_rows.uuid_ts, raw_rows.received_at) > {{ company.days_before(mark, 2 * days) }}
        {%- endif %}
    ) as counted
    {%- if mark %}
    left join {{ this }} as held
        on held.{{ this_key }} = counted.{{ key }}
        and held.loaded_at = counted.loaded_at
        and held.loaded_at > {{ company.days_before(mark, days) }}
    {%- endif %}
    where (counted.loaded_before is null or counted.loaded_at > {{ company.days_after("counted.loaded_before", days) }})
    {%- if mark %}
        and counted.loaded_at > {{ company.days_before(mark, days) }}
        and held.{{ this_key }} is null
    {%- endif %}
)
{%- endmacro %}

{#
  The newest `column` of the model that is being built, as a literal; none before its first build, while it
  is empty, in unit tests (where it is no table) and when dbt only parses. A literal, because files are left
  out by comparing with one.
#}
{% macro watermark(column="loaded_at") -%}
  {%- if execute and this and is_incremental() -%}
    {%- set newest = run_query("select cast(max(" ~ column ~ ") as " ~ dbt.type_string() ~ ") from " ~ this).columns[0].values()[0] -%}
    {{ return("cast('" ~ newest ~ "' as " ~ company.type_moment() ~ ")" if newest else none) }}
  {%- endif -%}
  {{ return(none) }}
{%- endmacro %}

{% macro days_before(moment, days) %}({{ moment }} - interval '{{ days }} days'){% endmacro %}
{% macro days_after(moment, days) %}({{ moment }} + interval '{{ days }} days'){% endmacro %}
