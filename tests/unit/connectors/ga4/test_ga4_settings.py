"""Reports that the Data API would refuse are refused where they are written, before any call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mainstem.config import parse_config
from mainstem.connectors.ga4 import KIND
from mainstem.connectors.ga4.filters import filters_of
from mainstem.connectors.ga4.names import column
from mainstem.connectors.ga4.settings import Ga4Settings, Report
from mainstem.connectors.settings import read_connectors
from mainstem.errors import ConfigError
from mainstem.testing.toml import toml_table

REPORT: dict[str, Any] = {"dimensions": ["country"], "metrics": ["sessions"]}
TEN = [f"customEvent:d{n}" for n in range(10)]


def read(**settings: Any) -> Ga4Settings:
    text = "# the website\n" + toml_table("connectors.web", {"type": "ga4", "property": "1", **settings})
    found = read_connectors(parse_config(Path("mainstem.toml"), text, {}))["web"]
    assert isinstance(found, Ga4Settings)
    return found


def report(**fields: Any) -> Report:
    return read(reports={"mine": {**REPORT, **fields}}).reports["mine"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"dimensions": TEN[:9]}, "it has 10 dimensions with date; the Data API takes 9"),
        (
            {"metrics": [f"keyEvents:k{n}" for n in range(11)]},
            "it has 11 metrics; the Data API takes 1 to 10",
        ),
        ({"metrics": []}, "it has 0 metrics"),
        ({"dimensions": ["session source"]}, "'session source' is no API name of a field"),
        ({"dimensions": ["country", "country"]}, "the column country of country is also that of country"),
        ({"dimensions": ["customEvent:plan", "custom_event_plan"]}, "is also that of customEvent:plan"),
        ({"dimensions": ["property"]}, "is also that of every report"),
        ({"start": "2024-02-30"}, "'2024-02-30' is no day"),
        ({"filters": [{"field": "country"}]}, "needs one of is, contains"),
        ({"filters": [{"field": "country", "is": "a", "contains": "b"}]}, "it has 2"),
        ({"filters": [{"field": "country", "is": []}]}, "lists no value"),
        ({"filters": [{"field": "country", "above": 3}]}, "country is none of sessions"),
        ({"filters": [{"field": "sessions", "is": "3"}]}, "takes one of above, below"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_its_place(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        report(**fields)
    assert says in str(refused.value)
    assert "report 'mine'" in str(refused.value)
    assert "mainstem.toml:2: " in str(refused.value)


@pytest.mark.parametrize("name", ["Mine", "report_day", "1st", "my-report"])
def test_a_table_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ConfigError, match=f"report '{name}': its table needs a name"):
        read(reports={name: REPORT})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"reports": {"mine": {**REPORT, "dimension": ["a"]}}}, "unknown field `dimension`"),
        ({"rows_a_request": 250_001}, "<= 250000"),
        ({"start": "yesterday"}, "'yesterday' is no day"),
    ],
)
def test_settings_that_are_none_are_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read(**settings)


def test_nine_dimensions_with_date_and_ten_metrics_are_a_report() -> None:
    found = report(dimensions=[*TEN[:4], "date", *TEN[4:8]], metrics=[f"keyEvents:k{n}" for n in range(10)])
    assert found.keys == ("date", *TEN[:8])


def test_a_month_has_no_dimension_for_its_days() -> None:
    found = report(dimensions=TEN[:9], period="month")
    assert (found.keys, found.asked) == (("date", *TEN[:9]), tuple(TEN[:9]))
    with pytest.raises(ConfigError, match="it has 10 dimensions; the Data API takes 9"):
        report(dimensions=TEN, period="month")
    with pytest.raises(ConfigError, match="year"):
        report(period="year")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("sessionDefaultChannelGroup", "session_default_channel_group"),
        ("active28DayUsers", "active_28_day_users"),
        ("itemCategory2", "item_category2"),
        ("customEvent:plan_name", "custom_event_plan_name"),
        ("keyEvents:purchase", "key_events_purchase"),
        ("customUser:Plan[Beta]", "custom_user_plan_beta"),
        ("date", "date"),
    ],
)
def test_columns_are_the_names_of_fields_in_lower_case(field: str, name: str) -> None:
    assert column(field) == name


def test_filters_of_a_report_are_expressions_of_the_data_api() -> None:
    found = report(
        filters=[
            {"field": "country", "is": ["Germany", "France"]},
            {"field": "hostName", "matches": r"www\..*", "not": True},
            {"field": "sessions", "between": [2, 4.5]},
        ]
    )
    in_list = {"values": ["Germany", "France"], "caseSensitive": False}
    matches = {"matchType": "FULL_REGEXP", "value": r"www\..*", "caseSensitive": False}
    between = {"fromValue": {"int64Value": "2"}, "toValue": {"doubleValue": 4.5}}
    assert filters_of(found) == {
        "dimensionFilter": {
            "andGroup": {
                "expressions": [
                    {"filter": {"fieldName": "country", "inListFilter": in_list}},
                    {"notExpression": {"filter": {"fieldName": "hostName", "stringFilter": matches}}},
                ]
            }
        },
        "metricFilter": {"filter": {"fieldName": "sessions", "betweenFilter": between}},
    }


def test_tables_are_those_of_the_usual_reports_and_of_ones_own() -> None:
    usual, own = KIND.tables(read()), KIND.tables(read(reports={"mine": REPORT}))
    assert set(own) - set(usual) == {"mine"}
    assert KIND.tables(read(reports={"mine": REPORT}, default_reports=False)) == ("mine", "report_day")
    assert KIND.tables(read(streams=["events_report"])) == ("events_report", "report_day")
    taken = read(reports={"events_report": REPORT})
    assert KIND.tables(taken) == usual
