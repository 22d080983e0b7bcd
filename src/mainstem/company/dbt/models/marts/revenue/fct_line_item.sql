-- What was sold and what of it recurs. The rules for odd terms are vars, so that finance decides them once:
-- a term of zero days is a one-off or a year; terms of one product that overlap add up or replace each other.
{% set zero_day = var("revenue_zero_day_rule") -%}
{% set overlap = var("revenue_overlap_rule") -%}
{% if zero_day not in ("one_off", "one_year") -%}
  {{ exceptions.raise_compiler_error("revenue_zero_day_rule is '" ~ zero_day ~ "'; it must be one_off or one_year") }}
{%- endif %}
{% if overlap not in ("add", "replace") -%}
  {{ exceptions.raise_compiler_error("revenue_overlap_rule is '" ~ overlap ~ "'; it must be add or replace") }}
{%- endif %}
with sold as (
    select
        line_item.line_item_id,
        line_item.opportunity_id,
        opportunity.account_id,
        opportunity.opportunity_type,
        opportunity.close_date,
        line_item.product,
        line_item.start_date as term_start,
        line_item.end_date as term_end,
        {{ company.cents("line_item.total_price") }} as total_cents,
        {{ company.is_possible_date("line_item.start_date", company.add_days("as_of.as_of_date", 3660)) }}
            and coalesce(
                line_item.end_date between line_item.start_date
                and {{ company.add_months("line_item.start_date", 12 * var("revenue_longest_term_years") | int) }},
                false
            )
            and line_item.total_price is not null as has_term
    from {{ ref("stg_crm__opportunity_line_items") }} as line_item
    inner join {{ ref("int_opportunities") }} as opportunity
        on opportunity.opportunity_id = line_item.opportunity_id
        and opportunity.is_won
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where not line_item.is_deleted
),

ruled as (
    select
        *,
        case
            when not has_term then 'impossible'
            when term_start < term_end then 'term'
            else '{{ zero_day }}'
        end as arr_rule
    from sold
),

placed as (
    select
        *,
        case when arr_rule in ('term', 'one_year') then term_start end as active_from,
        case
            when arr_rule = 'term' then term_end
            when arr_rule = 'one_year' then {{ company.add_days(company.add_months("term_start", 12), -1) }}
        end as active_until
    from ruled
),

neighbours as (
    select
        *,
        lead(active_from) over (
            partition by account_id, product order by active_from, line_item_id
        ) as next_from,
        max(active_until) over (
            partition by account_id, product order by active_from, line_item_id
            rows between unbounded preceding and 1 preceding
        ) as earlier_until
    from placed
),

ended as (
    select
        *,
        {% if overlap == "replace" -%}
        case when next_from <= active_until then {{ company.add_days("next_from", -1) }} else active_until end
        {%- else -%}
        active_until
        {%- endif %} as last_active
    from neighbours
)

select
    line_item_id,
    opportunity_id,
    account_id,
    opportunity_type,
    close_date,
    product,
    term_start,
    term_end,
    total_cents,
    case when last_active < active_from then 'replaced' else arr_rule end as arr_rule,
    case
        when arr_rule = 'impossible' then 'impossible'
        when arr_rule = 'one_off' then 'one_off'
        when arr_rule = 'one_year' then 'annual'
        when {{ dbt.datediff("term_start", "term_end", "day") }} + 1 > 366 then 'multi_year'
        when {{ dbt.datediff("term_start", "term_end", "day") }} + 1 < 365 then 'part_year'
        else 'annual'
    end as term_kind,
    case when last_active >= active_from then active_from end as active_from,
    case when last_active >= active_from then last_active end as active_until,
    case
        when arr_rule = 'impossible' then null
        when arr_rule = 'one_off' or last_active < active_from then 0
        when arr_rule = 'one_year' then total_cents
        else {{ company.annual_cents("total_cents", "term_start", "term_end") }}
    end as arr_cents,
    coalesce(active_from <= earlier_until, false) as is_overlapping
from ended
