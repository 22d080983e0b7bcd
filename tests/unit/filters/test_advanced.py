from __future__ import annotations

from datetime import datetime

import pytest

from mainstem.errors import FilterError
from mainstem.filters import AttributeValue, Grammar, TextIs, parse_string, references, settle

ATTRIBUTES = {
    "id": AttributeValue(("7",)),
    "team": AttributeValue(("a,b", "50%")),
    "ages": AttributeValue(("18", "21")),
    "since": AttributeValue(("2018-05-01",)),
    "region": AttributeValue(("EU%,-EU North",), advanced=True),
    "none": AttributeValue(()),
    "blank": AttributeValue((" ",)),
    "everything": AttributeValue(("",), advanced=True),
    "home": AttributeValue(("36.97, -122.03",)),
    "above": AttributeValue((">5",)),
    "relative": AttributeValue(("7 days",)),
    "is_admin": AttributeValue(("yes",)),
}
DATES = {"orders.created": (datetime(2018, 5, 1), datetime(2018, 6, 1, 12)), "orders.paid": (None, None)}  # noqa: DTZ001 -- naive by contract


@pytest.mark.parametrize(
    ("grammar", "expression", "settled"),
    [
        (Grammar.STRING, "FOO,-BAR", "FOO,-BAR"),
        (Grammar.STRING, "{{ _user_attributes['id'] }}", "7"),
        (Grammar.STRING, '{{_user_attributes["id"]}},8', "7,8"),
        (Grammar.STRING, "{{ _user_attributes.id }}", "7"),
        (Grammar.STRING, "-{{ _user_attributes['team'] }}", '-"a,b",-"50%"'),
        (Grammar.STRING, "x,%{{ _user_attributes['team'] }}%", "x,%a^,b%,%50^%%"),
        (Grammar.STRING, "\"{{ _user_attributes['team'] }}!\"", '"a,b!","50%!"'),
        (Grammar.STRING, "{{ _user_attributes['region'] }},US", "EU%,-EU North,US"),
        (Grammar.TIER, "{{ _user_attributes['id'] }} to 9", "7 to 9"),
        (Grammar.NUMBER, ">{{ _user_attributes['id'] }}", ">7"),
        (Grammar.NUMBER, "[{{ _user_attributes['id'] }},9)", "[7,9)"),
        (Grammar.NUMBER, "{{ _user_attributes['ages'] }}", "18,21"),
        (Grammar.DATE, "after {{ _user_attributes['since'] }}", "after 2018-05-01"),
        (Grammar.DATE, "before {% date_start orders.created %}", "before 2018-05-01"),
        (Grammar.DATE, "{% date_end orders.created %} for 7 days", "2018-06-01 12:00:00 for 7 days"),
        (Grammar.YESNO, "{{ _user_attributes['is_admin'] }}", "yes"),
        (Grammar.LOCATION, "4 miles from {{ _user_attributes['home'] }}", "4 miles from 36.97, -122.03"),
    ],
)
def test_references_become_their_values(grammar: Grammar, expression: str, settled: str) -> None:
    assert settle(grammar, expression, ATTRIBUTES, DATES) == settled


@pytest.mark.parametrize(
    ("grammar", "expression", "reason"),
    [
        (
            Grammar.STRING,
            "{{ _user_attributes['nme'] }}",
            "there is no user attribute 'nme'; valid are above, ages, ",
        ),
        (Grammar.STRING, "{{ _user_attributes['none'] }}", "has no value"),
        (Grammar.STRING, "%{{ _user_attributes['blank'] }}%", "would match anything"),
        (Grammar.STRING, "{{ _user_attributes['everything'] }}", "would let anything through"),
        (Grammar.STRING, "x{{ _user_attributes['region'] }}", "stand alone"),
        (Grammar.NUMBER, ">{{ _user_attributes['ages'] }}", "only one fits here"),
        (Grammar.NUMBER, "{{ _user_attributes['team'] }}", "its value 'a,b' is no number"),
        (Grammar.DATE, "{{ _user_attributes['id'] }}", "its value '7' is no date"),
        (Grammar.NUMBER, "{{ _user_attributes['above'] }}", "its value '>5' is no number"),
        (Grammar.DATE, "{{ _user_attributes['relative'] }}", "its value '7 days' is no date"),
        (Grammar.DATE, "after {% date_start orders.paid %}", "has no start"),
        (
            Grammar.DATE,
            "after {% date_start orders.sent %}",
            "no date filter on orders.sent; valid are orders.c",
        ),
    ],
)
def test_a_reference_without_a_fitting_value_is_an_error(
    grammar: Grammar, expression: str, reason: str
) -> None:
    with pytest.raises(FilterError, match=reason):
        settle(grammar, expression, ATTRIBUTES, DATES)


def test_an_expression_tells_which_attributes_it_needs() -> None:
    expression = "{{ _user_attributes['a'] }},%{{_user_attributes.b}}%,-{{ _user_attributes[\"a\"] }}"
    assert references(expression) == ("a", "b")


def test_a_reference_that_was_not_settled_is_never_read_as_a_text() -> None:
    with pytest.raises(FilterError, match="has to be replaced by its value"):
        parse_string("{{ _user_attributes['id'] }}")
    assert parse_string(settle(Grammar.STRING, "{{ _user_attributes['id'] }}", ATTRIBUTES)) == TextIs(("7",))
