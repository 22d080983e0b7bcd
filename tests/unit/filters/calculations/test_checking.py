from __future__ import annotations

import pytest

from mainstem.errors import ExpressionError
from mainstem.filters.calculations import check, parse
from mainstem.filters.calculations.kinds import ANY, DATE, NUMBER, STRING, YESNO, Kind, ValueType, common

FIELDS: dict[str, Kind | ValueType] = {
    "orders.count": "number",
    "orders.revenue": "number",
    "orders.city": "string",
    "orders.day": "date",
    "orders.paid": "yesno",
    "parts": ValueType("string", listed=True),
}

TYPES = {
    "${orders.count} / 2": NUMBER,
    "${orders.count} > 2 OR ${orders.paid}": YESNO,
    '${orders.day} < add_days(1, now()) AND ${orders.city} != "Oslo"': YESNO,
    "null": ANY,
    "null + 1": NUMBER,
    'if(${orders.paid}, "a", null)': STRING,
    "case(when(${orders.paid}, null), when(no, 1), null)": NUMBER,
    "coalesce(null, ${orders.day})": DATE,
    "max(${orders.day})": DATE,
    "max(${parts})": STRING,
    "${parts}": ValueType("string", listed=True),
    "list(1, null)": ValueType("number", listed=True),
    "list(null)": ValueType("any", listed=True),
    "sum(list(null))": NUMBER,
    "index(list(${orders.day}), 1)": DATE,
    "offset(${orders.city}, 1)": STRING,
    "offset(${parts}, 1)": ValueType("string", listed=True),
    "offset_list(${orders.day}, 0, 3)": ValueType("date", listed=True),
    "pivot_row(${orders.count})": ValueType("number", listed=True),
    "pivot_where(${orders.paid}, ${orders.city})": STRING,
    "lookup(${orders.count}, ${orders.count}, ${orders.day})": DATE,
    "round(${orders.revenue:total}, 2)": NUMBER,
    "to_number(${orders.city}) + 1": NUMBER,
    "concat(1, ${orders.day}, yes, null)": STRING,
    "count(pivot_row(row()))": NUMBER,
}


@pytest.mark.parametrize("text", TYPES)
def test_an_expression_has_the_type_of_what_it_gives(text: str) -> None:
    assert check(parse(text), FIELDS, source=text) == TYPES[text]


WRONG = {
    "1 + ${orders.cuont}": (5, "did you mean orders.count"),
    "${count}": (1, "did you mean orders.count?"),
    "${orders.count_of_all}": (1, "did you mean orders.count?"),
    "${zebra}": (
        1,
        "there are orders.city, orders.count, orders.day, orders.paid, orders.revenue and 1 more",
    ),
    "${sales.revenue}": (1, "did you mean orders.revenue"),
    "smu(${orders.count})": (1, "did you mean sum"),
    "average(${orders.count})": (1, "did you mean mean"),
    "1 + ifnull(${orders.count}, 0)": (5, "did you mean coalesce"),
    "row(1)": (1, "row() was given 1 argument; it is written row()"),
    "mod(1)": (1, "it is written mod(value, divisor)"),
    "round(1, 2, 3)": (1, "it is written round(value, [num_decimals])"),
    "concat()": (1, "it is written concat(value, …)"),
    '"a" + "b"': (1, "'+' takes a number; a string came; concat(…) joins strings"),
    "1 - ${orders.day}": (5, "diff_days(start, end)"),
    "-${orders.city}": (2, "to_number(…) makes a number"),
    "NOT ${orders.count}": (5, "NOT takes a yesno; a number came; compare it"),
    "${orders.paid} AND 1": (20, "AND takes a yesno; a number came"),
    '${orders.count} = "1"': (17, "a number is compared with a string; to_string(…) makes a string of it"),
    "${orders.paid} > no": (16, "a yesno came; valid are = and !="),
    "${parts} = ${parts}": (10, "index(list, n) picks one"),
    'if(${orders.count}, 1, "x")': (4, "a condition takes a yesno"),
    'if(yes, 1, "x")': (1, "number, string came"),
    'coalesce(${orders.day}, "x")': (1, "date, string came"),
    "list(1, ${orders.city})": (1, "must be of one type"),
    "upper(${orders.day})": (7, "upper() takes a string as string; a date came; to_string(…)"),
    "add_days(${orders.city}, now())": (10, "to_number(…)"),
    "sum(${orders.city})": (5, "sum() takes a number as expression; a string came"),
    "running_total(pivot_row(${orders.count}))": (15, "a list of numbers came"),
    "pivot_row(${parts})": (11, "a list of strings came"),
    "${orders.count} + list(1)": (19, "a list of numbers came; index(list, n)"),
    "correl(${orders.count}, list(1, 2))": (1, "valid are two lists or two columns"),
    "`7 days`": (1, "only matches_filter"),
    "matches_filter(${orders.day}, `7 days`)": (1, "custom fields and custom filters only"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_makes_no_sense_is_told_with_its_place_and_a_way_out(text: str) -> None:
    column, words = WRONG[text]
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), FIELDS, source=text)
    assert words in str(caught.value)
    assert caught.value.column == column


CUSTOM_FIELDS = {
    'concat(upper(${orders.city}), " ", extract_years(${orders.day}))': STRING,
    "matches_filter(${orders.day}, `last 7 days`) OR is_null(${orders.day})": YESNO,
    'matches_filter(${orders.city}, "%o%")': YESNO,
    "case(when(${orders.count} > 3, 1), 0)": NUMBER,
}


@pytest.mark.parametrize("text", CUSTOM_FIELDS)
def test_custom_fields_take_what_the_database_can_evaluate(text: str) -> None:
    assert check(parse(text), FIELDS, source=text, place="custom_field") == CUSTOM_FIELDS[text]


@pytest.mark.parametrize("text", ["sum(${orders.count})", "row()", "${orders.count:total}", "to_string(1)"])
def test_custom_fields_take_nothing_that_needs_the_result(text: str) -> None:
    with pytest.raises(ExpressionError, match="known to table calculations only"):
        check(parse(text), FIELDS, source=text, place="custom_field")


def test_a_message_without_the_text_still_tells_the_place() -> None:
    with pytest.raises(ExpressionError, match=r"^character 5: there is no function foo\(\)"):
        check(parse("1 + foo(2)"), FIELDS)


def test_types_that_stand_for_each_other_have_one_in_common() -> None:
    anything = ValueType("any", listed=True)
    numbers = ValueType("number", listed=True)
    assert common([ANY, NUMBER, ANY]) == NUMBER
    assert common([anything, numbers, anything]) == numbers
    assert common([ANY, numbers]) == numbers
    assert common([NUMBER, numbers]) is None
    assert common([NUMBER, anything]) is None
    assert common([]) == ANY
