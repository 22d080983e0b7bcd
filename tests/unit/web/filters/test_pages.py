"""Filters as a browser without a script meets them: forms that are sent, and the addresses they lead to."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from mainstem.web.auth import Role

if TYPE_CHECKING:
    from starlette.testclient import TestClient

ASK = "/explore/m/orders"
BOARD = "/dashboards/shop"


def page_of(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def sent(client: TestClient, path: str, pairs: list[tuple[str, str]]) -> dict[str, str]:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}{urlencode(pairs)}", follow_redirects=False)
    assert answer.status_code == 303
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query, keep_blank_values=True))


def test_a_control_that_was_filled_in_leads_to_its_expression(analyst: TestClient) -> None:
    key = "orders.amount"
    pairs = [("f[orders.amount]", ""), (f"w[{key}].was", ""), (f"w[{key}].0.op", "between")]
    pairs += [(f"w[{key}].0.low", "1"), (f"w[{key}].0.high", "9"), (f"w[{key}].0.ends", "[)")]
    assert sent(analyst, f"{ASK}?fields=orders.city", pairs) == {
        "fields": "orders.city",
        "f[orders.amount]": "[1,9)",
    }


def test_an_unfinished_control_stays_in_the_address_and_loses_no_other_filter(analyst: TestClient) -> None:
    key = "orders.amount"
    pairs = [("f[orders.amount]", ">5"), (f"w[{key}].was", ">5"), (f"w[{key}].0.op", "between")]
    pairs += [(f"w[{key}].0.low", "1"), ("f[orders.city]", "lst 7")]
    address = sent(analyst, ASK, pairs)
    assert address["f[orders.amount]"] == ">5"
    assert address["f[orders.city]"] == "lst 7"
    assert address[f"w[{key}].0.low"] == "1"
    page = page_of(analyst, f"{ASK}?{urlencode(address)}")
    assert "A range needs both numbers" in page
    assert 'name="w[orders.amount].0.low" value="1"' in page


def test_a_mistyped_expression_says_where_and_what_is_valid(analyst: TestClient) -> None:
    page = page_of(analyst, f"{ASK}?f[orders.created_date]=before+lst+week&f[orders.amount]=>5")
    assert "at character 8" in page
    assert "before <mark>lst</mark> week" in page
    assert "Valid are 7 days" in page
    assert "Amount is more than 5" in page


def test_what_lookml_always_filters_by_is_shown_and_stands_in_no_address(analyst: TestClient) -> None:
    page = page_of(analyst, ASK)
    assert "always filtered" in page
    assert 'name="f[orders.status]" value="-new"' in page
    assert "filtered unless City is" in page
    pairs = [("f[orders.status]", "-new"), ("w[orders.status].was", "-new"), ("do", "field:orders.city")]
    assert sent(analyst, ASK, pairs) == {"fields": "orders.city"}
    changed = [("f[orders.status]", "paid"), ("w[orders.status].was", "-new")]
    assert sent(analyst, ASK, changed) == {"f[orders.status]": "paid"}


def test_a_conditional_filter_steps_back_for_the_field_that_lifts_it(analyst: TestClient) -> None:
    assert 'name="f[orders.created_date]"' in page_of(analyst, ASK)
    assert 'name="f[orders.created_date]"' not in page_of(analyst, f"{ASK}?f[orders.city]=Berlin")


def test_a_parameter_offers_its_values_and_its_default(analyst: TestClient) -> None:
    page = page_of(analyst, f"{ASK}?f[orders.unit]=week&f[orders.factor]=2")
    assert re.search(r'value="week" checked><span>Weeks', page)
    assert "Unit is Weeks" in page
    assert "default (Days)" in page
    assert re.search(r'type="number" id="filter-\d-expression" name="f\[orders\.factor\]" value="2"', page)


def test_a_filter_on_what_is_not_there_says_so_and_can_be_removed(analyst: TestClient) -> None:
    page = page_of(analyst, f"{ASK}?f[orders.gone]=x")
    assert "this explore has no such field" in page
    assert 'value="filter:orders.gone"' in page


def test_a_measure_is_filtered_after_adding_up(analyst: TestClient) -> None:
    assert "after adding up" in page_of(analyst, f"{ASK}?f[orders.count]=>1")


def test_a_control_comes_back_as_its_form_holds_it(analyst: TestClient) -> None:
    pairs = {"w[orders.city].was": "a", "w[orders.city].applied": "a", "w[orders.city].0.op": "contains"}
    pairs |= {"w[orders.city].0.v": "a", "f[orders.city]": "a", "at": "4"}
    page = page_of(analyst, f"{ASK}/filters/orders.city?{urlencode(pairs)}")
    assert page.strip().startswith("<div")
    assert 'id="filter-4"' in page
    assert 'value="%a%"' in page
    assert "not applied yet" in page


def test_an_expression_is_told_while_it_is_typed(analyst: TestClient) -> None:
    pairs = {"w[orders.city].was": "", "f[orders.city]": "Ber%", "said": "1"}
    assert "City starts with 'Ber'" in page_of(analyst, f"{ASK}/filters/orders.city?{urlencode(pairs)}")


@pytest.mark.parametrize(
    ("field", "words", "values"),
    [
        ("orders.status", "", ["new", "paid", "sent"]),
        ("orders.status", "PA", ["paid"]),
        ("orders.state", "", ["open", "closed"]),
        ("orders.town", "lin", ["berlingen"]),
    ],
)
def test_values_are_lookml_s_own_or_those_of_the_data(
    analyst: TestClient, field: str, words: str, values: list[str]
) -> None:
    found = page_of(analyst, f"{ASK}/values/{field}?q={words}")
    assert re.findall(r'data-value="([^"]*)"', found) == values


def test_values_of_a_field_that_nobody_may_see_are_not_listed(analyst: TestClient) -> None:
    answer = analyst.get(f"{ASK}/values/orders.gone")
    assert answer.status_code == 400
    assert "could not be listed" in answer.text


def test_a_custom_filter_is_read_while_it_is_typed(analyst: TestClient) -> None:
    def told(text: str) -> str:
        return page_of(analyst, f"{ASK}/condition?{urlencode({'filter_expression': text})}")

    assert "Understood" in told("${orders.amount} > 5 AND contains(${orders.city}, 'b')")
    assert "names no field" in told("1 = 1")
    assert "orders.amont" in told("${orders.amont} > 5")
    assert "it must be a yesno" in told("${orders.amount} + 1")
    assert "every row" in told("")


def test_a_dashboard_s_form_leads_to_the_address_of_its_values(shop: Any) -> None:
    pairs = [("Created", "7 days"), ("w[Created].was", "7 days"), ("w[Created].0.op", "preset:last month")]
    pairs += [("City", ""), ("w[City].was", ""), ("w[City].0.op", "is"), ("w[City].0.add", "a,b")]
    pairs += [("Status", ""), ("w[Status].was", ""), ("w[Status].0.v", ""), ("w[Status].0.v", "paid")]
    address = sent(shop.client, BOARD, pairs)
    assert address["Created"] == "last month"
    assert address["City"] == '"a,b"'
    assert address["Status"] == "paid"
    assert not any(name.startswith("w[") for name in address)


def test_a_dashboard_counts_its_filters_and_leads_back_to_its_defaults(shop: Any) -> None:
    page = page_of(shop.client, BOARD)
    assert "1 set" in page
    assert "Reset to defaults" not in page
    assert "This filter needs a value" in page
    changed = page_of(shop.client, f"{BOARD}?City=Berlin")
    assert "2 set" in changed
    assert f'href="{BOARD}">Reset to defaults' in changed


def test_a_dashboard_that_does_not_run_by_itself_has_a_button_that_does(shop: Any) -> None:
    page = page_of(shop.client, BOARD)
    assert "data-filters-run" in page
    assert "data-at-once" not in page


def test_values_of_a_dashboard_follow_the_filters_they_listen_to(shop: Any) -> None:
    viewer = shop.logged_in("vic@example.org", Role.VIEWER)
    found = page_of(viewer, f"{BOARD}/filters/City/values?Status=paid&Created=")
    assert re.findall(r'data-value="([^"]*)"', found) == ["a,b"]
    page = page_of(viewer, f"{BOARD}?Status=sent")
    assert 'data-combo="/dashboards/shop/filters/City/values?Status=sent&Created=7+days"' in page


def test_values_that_other_filters_leave_out_say_which_filters(shop: Any) -> None:
    found = page_of(shop.client, f"{BOARD}/filters/City/values?Status=paid&Created=&q=zzz")
    assert "No value holds these letters where Status: paid." in found


def test_a_value_alone_is_shown_without_the_quotes_of_its_expression(shop: Any) -> None:
    page = page_of(shop.client, f"{BOARD}?Words=y")
    assert '<span class="filter-value">y</span>' in page


def test_a_choice_among_values_of_the_data_comes_with_what_was_chosen(shop: Any) -> None:
    page = page_of(shop.client, f"{BOARD}/filters/Town/values?as=choices&at=3&v=Berlin")
    assert re.search(r'value="Berlin" checked', page)
    assert 'type="radio"' in page


def test_a_filter_on_a_field_that_is_gone_leaves_the_page_whole(shop: Any) -> None:
    page = page_of(shop.client, f"{BOARD}?Gone=x&Words=y")
    assert 'name="Gone" value="x"' in page
    assert "Words is 'y'" in page


def test_a_filter_there_is_not_is_a_404(shop: Any) -> None:
    assert shop.client.get(f"{BOARD}/filters/Nothing").status_code == 404
    assert shop.client.get(f"{BOARD}/filters/Words/values").status_code == 404


SIZES = [
    {"dimension": "half", "label": "Half", "expression": "${orders.amount} / 2"},
    {"dimension": "short", "label": "Short", "expression": "length(${orders.city}) < 5"},
    {"dimension": "day", "label": "Day", "expression": "trunc_months(${orders.created_date})"},
    {"dimension": "broken", "label": "Broken", "expression": "${orders.amuont}"},
    {"measure": "least", "label": "Least", "based_on": "orders.amount", "type": "min"},
    {"table_calculation": "twice", "label": "Twice", "expression": "${half} * 2"},
]


def test_fields_of_ones_own_are_filtered_by_what_comes_out_of_them(analyst: TestClient) -> None:
    asked = {"fields": "orders.city,half", "dynamic_fields": json.dumps(SIZES)}
    page = page_of(analyst, f"{ASK}?{urlencode(asked)}")
    offered = set(re.findall(r'value="filter:(\w+)" data-tool="filter"', page))
    assert offered == {"half", "short", "day", "broken", "least"}, "a calculation has no rows to leave out"
    address = sent(analyst, f"{ASK}?{urlencode(asked)}", [("do", "filter:half")])
    assert address["f[half]"] == ""
    filters = {"half": ">5", "short": "Yes", "day": "3 months", "broken": "1", "least": "[1,9)"}
    page = page_of(
        analyst, f"{ASK}?{urlencode({**asked, **{f'f[{n}]': text for n, text in filters.items()}})}"
    )
    shown = dict(re.findall(r'data-filter-widget="(\w+)"(.*?)</div>\n</div>', page, re.DOTALL))
    assert all(f'name="w[{name}].0.op"' in shown[name] for name in ("half", "short", "day", "least"))
    assert 'name="w[half].0.value" value="5"' in shown["half"]
    assert "checked" in shown["short"]
    assert "Short is yes" in shown["short"]
    assert 'value="3"' in shown["day"]
    assert 'name="w[least].0.low" value="1"' in shown["least"]
    assert "after adding up" in shown["least"]
    assert "after adding up" not in shown["half"]
    assert "w[broken].0.op" not in shown["broken"]
    assert 'name="f[broken]" value="1"' in shown["broken"]


def test_a_filter_of_a_field_of_ones_own_is_mended_alone_with_its_type(analyst: TestClient) -> None:
    asked = {"fields": "orders.city", "dynamic_fields": json.dumps(SIZES), "f[half]": ">x"}
    page = page_of(analyst, f"{ASK}/filters/half?{urlencode({**asked, 'at': 0})}")
    assert "valid are" in page.lower()
