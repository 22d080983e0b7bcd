-- Each span begins where the one before it ends; the first has no beginning and the last no end.
select visitor_id, valid_from, before_to, after_from
from (
    select
        visitor_id,
        valid_from,
        valid_to,
        lag(valid_to) over (partition by visitor_id order by valid_from) as before_to,
        lead(valid_from) over (partition by visitor_id order by valid_from) as after_from
    from {{ ref("bdg_visitor_person") }}
) as spans
where valid_from <> coalesce(before_to, {{ company.always_before() }})
    or valid_to <> coalesce(after_from, {{ company.always_after() }})
