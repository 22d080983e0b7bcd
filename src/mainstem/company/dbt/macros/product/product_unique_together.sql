{# Rows of which there is more than one for the same values of the given columns. #}
{% test product_unique_together(model, columns) %}
select {{ columns | join(", ") }}
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1
{% endtest %}
