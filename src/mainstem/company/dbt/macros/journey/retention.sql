{#
  Who came back, a row a retention, first day and period.

  activity: rows (activity, entity_id, activity_date), one a day; as_of: one row, until when events tell.
  A retention is a mapping: name; start, the activity whose first day is day 0; return, the activity that counts
  as coming back; days for exact (on day N) and rolling (on day N or later), brackets [first, last] day.
  A period is matured once its last day (rolling: its first) has passed wholly; before that its number can only
  be too small.
#}
{% macro retention(activity, as_of, definitions) -%}
with periods as (
  {%- for one in definitions %}
    {%- set last = loop.last %}
    {%- for day in one.days %}
    select '{{ one.name }}' as retention, 'exact' as method, {{ day }} as first_day, {{ day }} as last_day
    union all
    select '{{ one.name }}', 'rolling', {{ day }}, cast(null as {{ dbt.type_int() }})
    {{- " union all" if not (last and loop.last and not one.brackets) }}
    {%- endfor %}
    {%- for bracket in one.brackets %}
    select '{{ one.name }}', 'bracket', {{ bracket[0] }}, {{ bracket[1] }}
    {{- " union all" if not (last and loop.last) }}
    {%- endfor %}
  {%- endfor %}
),

starts as (
  {%- for one in definitions %}
    select '{{ one.name }}' as retention, entity_id, min(activity_date) as cohort_date
    from {{ activity }}
    where activity = '{{ one.start }}'
    group by entity_id
    {{- " union all" if not loop.last }}
  {%- endfor %}
),

returns as (
  {%- for one in definitions %}
    select
        starts.retention,
        starts.entity_id,
        starts.cohort_date,
        {{ dbt.datediff("starts.cohort_date", "came.activity_date", "day") }} as day_number
    from starts
    inner join {{ activity }} as came on came.entity_id = starts.entity_id
    where starts.retention = '{{ one.name }}'
        and came.activity = '{{ one["return"] }}'
        and came.activity_date > starts.cohort_date
    {{- " union all" if not loop.last }}
  {%- endfor %}
),

cohorts as (
    select retention, cohort_date, count(*) as cohort_size
    from starts
    group by retention, cohort_date
),

newest as (
    select retention, entity_id, cohort_date, max(day_number) as newest_day
    from returns
    group by retention, entity_id, cohort_date
),

-- Each method by what it needs: one row a day, the newest day, or whether there was any day.
retained as (
    select periods.retention, periods.method, periods.first_day, returns.cohort_date, count(*) as retained
    from periods
    inner join returns on returns.retention = periods.retention and returns.day_number = periods.first_day
    where periods.method = 'exact'
    group by periods.retention, periods.method, periods.first_day, returns.cohort_date

    union all

    select periods.retention, periods.method, periods.first_day, newest.cohort_date, count(*)
    from periods
    inner join newest on newest.retention = periods.retention and newest.newest_day >= periods.first_day
    where periods.method = 'rolling'
    group by periods.retention, periods.method, periods.first_day, newest.cohort_date

    union all

    select
        periods.retention, periods.method, periods.first_day, returns.cohort_date,
        count(distinct returns.entity_id)
    from periods
    inner join returns
        on returns.retention = periods.retention
        and returns.day_number >= periods.first_day
        and returns.day_number <= periods.last_day
    where periods.method = 'bracket'
    group by periods.retention, periods.method, periods.first_day, returns.cohort_date
)

select
    {{ dbt.hash("cohorts.retention || ':' || periods.method || ':' || cast(periods.first_day as " ~ dbt.type_string() ~ ") || ':' || cast(cohorts.cohort_date as " ~ dbt.type_string() ~ ")") }} as retention_id,
    cohorts.retention,
    periods.method,
    cast(periods.first_day as {{ dbt.type_int() }}) as first_day,
    cast(periods.last_day as {{ dbt.type_int() }}) as last_day,
    cohorts.cohort_date,
    cast(cohorts.cohort_size as {{ dbt.type_bigint() }}) as cohort_size,
    cast(coalesce(retained.retained, 0) as {{ dbt.type_bigint() }}) as retained,
    {{ company.add_days("cohorts.cohort_date", "coalesce(periods.last_day, periods.first_day)") }}
        < {{ company.utc_date("now.as_of") }} as is_matured
from cohorts
inner join periods on periods.retention = cohorts.retention
cross join {{ as_of }} as now
left join retained
    on retained.retention = cohorts.retention
    and retained.method = periods.method
    and retained.first_day = periods.first_day
    and retained.cohort_date = cohorts.cohort_date
{%- endmacro %}
