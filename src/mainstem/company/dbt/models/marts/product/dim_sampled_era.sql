-- Days on which product clients sent only a share of their events: var `product_sampled_eras`.
{% for era in var("product_sampled_eras") %}
select
    cast('{{ era["first_day"] }}' as date) as first_date,
    cast('{{ era["last_day"] }}' as date) as last_date,
    cast({{ era["rate"] }} as double) as sample_rate
union all
{% endfor %}
select cast(null as date) as first_date, cast(null as date) as last_date, cast(null as double) as sample_rate
where 1 = 0
