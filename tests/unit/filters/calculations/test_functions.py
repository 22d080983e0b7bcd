"""The registry: every function Looker documents is there, and each example gives what its record says."""

from __future__ import annotations

import pytest

from mainstem.errors import ExpressionError
from mainstem.filters.calculations import FUNCTIONS, parse
from mainstem.filters.calculations.checking import check
from mainstem.filters.calculations.examples import RESULT, shown

DOCUMENTED = """
abs ceiling exp floor ln log mod power rand round sqrt
acos asin atan beta_dist beta_inv binom_dist binom_inv chisq_dist chisq_inv chisq_test combin
confidence_norm confidence_t correl cos count count_distinct covar_pop covar_samp degrees expon_dist f_dist
f_inv fact gamma_dist gamma_inv geomean hypgeom_dist intercept kurtosis large match max mean median min mode
multinomial negbinom_dist norm_dist norm_inv norm_s_dist norm_s_inv percent_rank percentile pi poisson_dist
product radians rank rank_avg running_product running_total sin skew slope small stddev_pop stddev_samp sum
t_dist t_inv t_test tan var_pop var_samp weibull_dist z_test
concat contains length lower position replace substring upper split to_number to_string
add_days add_hours add_minutes add_months add_seconds add_years date date_time
diff_days diff_hours diff_minutes diff_months diff_seconds diff_years
extract_days extract_hours extract_minutes extract_months extract_seconds extract_years now
trunc_days trunc_hours trunc_minutes trunc_months trunc_years to_date
case coalesce if is_null
index list lookup offset offset_list row
pivot_column pivot_index pivot_offset pivot_offset_list pivot_row pivot_where
matches_filter
"""

EVERYWHERE = """
abs ceiling exp floor ln log mod power rand round sqrt concat contains length lower position replace substring
upper add_days add_hours add_minutes add_months add_seconds add_years date date_time diff_days diff_hours
diff_minutes diff_months diff_seconds diff_years extract_days extract_hours extract_minutes extract_months
extract_seconds extract_years now trunc_days trunc_hours trunc_minutes trunc_months trunc_years case coalesce
if is_null matches_filter
"""


def test_there_are_the_functions_looker_documents_and_no_others() -> None:
    assert sorted(FUNCTIONS) == sorted(DOCUMENTED.split())


def test_custom_fields_have_the_functions_looker_documents_for_them() -> None:
    assert sorted(one.name for one in FUNCTIONS.values() if one.everywhere) == sorted(EVERYWHERE.split())


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "matches_filter"])
def test_an_example_gives_what_the_reference_shows(name: str) -> None:
    assert shown(FUNCTIONS[name]) == FUNCTIONS[name].shows


def test_a_filter_function_has_an_example_that_custom_fields_accept() -> None:
    fields = {column.name: column.kind for column in RESULT.columns}
    tree = parse(FUNCTIONS["matches_filter"].example)
    assert check(tree, fields, place="custom_field").kind == "yesno"
    with pytest.raises(ExpressionError, match="custom fields and custom filters only"):
        check(tree, fields)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_help_for_who_types_it(name: str) -> None:
    record = FUNCTIONS[name]
    assert record.help and not record.help.endswith(".")
    assert record.example and record.signature.startswith(f"{record.name}(")
