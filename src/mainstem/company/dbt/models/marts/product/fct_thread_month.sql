-- Replies per thread by the month in which a thread began, over servers that count and can tell of threads.
with threads as (
    select
        {{ company.first_of("month", "thread.first_reply_date") }} as month,
        thread.server_id,
        thread.replies
    from {{ ref("fct_thread") }} as thread
    inner join {{ ref("dim_server") }} as server
        on server.server_id = thread.server_id and not server.is_excluded
    where not thread.is_sampled
),

sampled as (
    select {{ company.first_of("month", "first_reply_date") }} as month, count(*) as n
    from {{ ref("fct_thread") }}
    where is_sampled
    group by {{ company.first_of("month", "first_reply_date") }}
),

counted as (
    select
        month,
        count(*) as threads,
        count(distinct server_id) as servers,
        sum(replies) as replies,
        avg(cast(replies as double)) as mean_replies,
        percentile_cont(0.5) within group (order by replies) as median_replies,
        percentile_cont(0.9) within group (order by replies) as p90_replies
    from threads
    group by month
),

hours as (
    select
        {{ company.first_of("month", "hours.activity_date") }} as month,
        max(hours.concurrent_threads) as most_concurrent
    from {{ ref("fct_thread_hour") }} as hours
    inner join {{ ref("dim_server") }} as server
        on server.server_id = hours.server_id and not server.is_excluded
    where not hours.is_sampled
    group by {{ company.first_of("month", "hours.activity_date") }}
),

coverage as (
    select
        month,
        max(n_active_servers) as n_active_servers,
        max(n_can_tell) as n_can_tell
    from {{ ref("fct_metric_estimate") }}
    where metric = 'replies' and method = 'naive'
    group by month
)

select
    coverage.month,
    cast(counted.threads as {{ dbt.type_bigint() }}) as threads,
    cast(counted.servers as {{ dbt.type_bigint() }}) as servers,
    cast(counted.replies as {{ dbt.type_bigint() }}) as replies,
    counted.mean_replies,
    counted.median_replies,
    counted.p90_replies,
    hours.most_concurrent,
    coverage.n_can_tell,
    coverage.n_active_servers,
    coverage.n_can_tell / nullif(coverage.n_active_servers, 0) as coverage_servers,
    case
        when counted.month is not null then null
        when sampled.n > 0 then 'clients sent only a sample of their events'
        when coverage.n_can_tell = 0 then 'no server could tell of threads'
        else 'no thread was told'
    end as reason
from coverage
left join counted on counted.month = coverage.month
left join sampled on sampled.month = coverage.month
left join hours on hours.month = coverage.month
