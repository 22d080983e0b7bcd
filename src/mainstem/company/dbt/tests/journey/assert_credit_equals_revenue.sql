-- Under every model the shares of a conversion add up to one and its cents to its value. Returns those that do not.
select
    conversions.conversion_id,
    models.model,
    sum(credits.credit_share) as credit_share,
    sum(credits.credited_arr_cents) as credited_arr_cents,
    max(conversions.value_cents) as value_cents
from {{ ref("fct_conversion") }} as conversions
cross join (select distinct model from {{ ref("fct_attribution") }}) as models
left join {{ ref("fct_attribution") }} as credits
    on credits.conversion_id = conversions.conversion_id
    and credits.model = models.model
group by conversions.conversion_id, models.model
having abs(coalesce(sum(credits.credit_share), 0) - 1) > 0.000000001
    or coalesce(sum(credits.credited_arr_cents), -1) <> coalesce(max(conversions.value_cents), -1)
    or min(credits.credited_arr_cents) < 0
