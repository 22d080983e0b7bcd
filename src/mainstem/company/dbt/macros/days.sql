{# A date so many days or months on (before, with a negative number), as a date: adding an interval may give a moment. #}
{% macro add_days(day, days) %}cast({{ dbt.dateadd("day", days, day) }} as date){% endmacro %}
{% macro add_months(day, months) %}cast({{ dbt.dateadd("month", months, day) }} as date){% endmacro %}

{# The first day of a date's week, month or quarter, as a date. #}
{% macro first_of(part, day) %}cast({{ dbt.date_trunc(part, day) }} as date){% endmacro %}
