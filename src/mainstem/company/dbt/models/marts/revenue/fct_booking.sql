-- What was signed, beside what of it recurs. A won opportunity without line items counts with its amount, and
-- its ARR stays unknown.
with sold as (
    select
        opportunity_id,
        {{ company.total("total_cents") }} as total_cents,
        {{ company.total("case when total_cents < 0 then total_cents else 0 end") }} as credit_cents,
        {{ company.total("case when arr_rule = 'one_off' then total_cents else 0 end") }} as one_off_cents,
        {{ company.total("arr_cents") }} as arr_cents,
        min(active_from) as active_from,
        max(active_until) as active_until,
        cast(count(*) as {{ dbt.type_bigint() }}) as line_items,
        max(case when arr_rule = 'impossible' then 1 else 0 end) as has_impossible
    from {{ ref("fct_line_item") }}
    group by opportunity_id
)

select
    opportunity.opportunity_id,
    opportunity.account_id,
    opportunity.opportunity_type,
    opportunity.close_date as booked_on,
    not opportunity.has_possible_close_date as is_date_estimated,
    opportunity.owner_id,
    opportunity.licence_id,
    case when sold.opportunity_id is null then opportunity.amount_cents else sold.total_cents end as booking_cents,
    coalesce(sold.credit_cents, 0) as credit_cents,
    coalesce(sold.one_off_cents, 0) as one_off_cents,
    case when sold.has_impossible = 0 then sold.arr_cents end as arr_cents,
    sold.active_from,
    sold.active_until,
    coalesce(sold.line_items, 0) as line_items
from {{ ref("int_opportunities") }} as opportunity
left join sold on sold.opportunity_id = opportunity.opportunity_id
where opportunity.is_won
