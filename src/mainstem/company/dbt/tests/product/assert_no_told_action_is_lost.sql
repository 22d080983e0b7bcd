-- What features were told of on days of servers that reported adds up to what the servers' days hold.
select told.server_id, told.activity_date, told.feature, told.n, daily.observed
from {{ ref("fct_feature_day") }} as told
inner join {{ ref("int_server_presence_day") }} as presence
    on presence.server_id = told.server_id
    and presence.presence_date = told.activity_date
    and presence.signal = 'reported'
left join {{ ref("fct_metric_server_day") }} as daily
    on daily.server_id = told.server_id
    and daily.activity_date = told.activity_date
    and daily.metric = told.feature
where daily.observed is null or daily.observed <> told.n
