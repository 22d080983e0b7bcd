-- For how much revenue a metric speaks: the ARR, at the end of a month, of accounts of which any server told it that
-- month, out of all ARR. Revenue is known of every account, so nothing of this is estimated. Links of servers to
-- accounts change afterwards, and so the whole is made anew from the months.
with newest as (
    select max(activity_date) as newest_date from {{ ref("fct_server_day") }}
),

months as (
    select
        told.month,
        told.metric,
        least({{ company.add_days(dbt.dateadd("month", 1, "told.month"), -1) }}, max(newest.newest_date)) as arr_date
    from {{ ref("int_metric_server_month") }} as told
    cross join newest
    group by told.month, told.metric
),

telling as (
    select distinct told.month, told.metric, link.account_id
    from {{ ref("int_metric_server_month") }} as told
    inner join {{ ref("bdg_server_account") }} as link
        on link.server_id = told.server_id
        and {{ company.utc_date("link.valid_from") }} < {{ company.add_days(dbt.dateadd("month", 1, "told.month"), 0) }}
        and {{ company.utc_date("link.valid_to") }} >= told.month
    where told.days_capable > 0
),

paying as (
    select months.month, months.metric, span.account_id, span.arr_cents
    from months
    inner join {{ ref("fct_arr_span") }} as span
        on span.valid_from <= months.arr_date
        and months.arr_date < span.valid_to
    where span.arr_cents > 0
)

select
    paying.metric || ':' || cast(paying.month as {{ dbt.type_string() }}) as coverage_month_id,
    paying.metric,
    paying.month,
    count(*) as accounts,
    count(telling.account_id) as accounts_telling,
    cast(sum(paying.arr_cents) as {{ dbt.type_bigint() }}) as arr_cents,
    cast(coalesce(sum(case when telling.account_id is not null then paying.arr_cents end), 0) as {{ dbt.type_bigint() }}) as arr_telling_cents,
    1.0 * coalesce(sum(case when telling.account_id is not null then paying.arr_cents end), 0) / sum(paying.arr_cents) as coverage_arr
from paying
left join telling
    on telling.month = paying.month
    and telling.metric = paying.metric
    and telling.account_id = paying.account_id
group by paying.metric, paying.month
