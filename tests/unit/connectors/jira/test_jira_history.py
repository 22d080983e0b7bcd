"""What an issue's fields were is read from its changelog, backwards from what it holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mainstem.connectors.jira.history import histories

CREATED = "2026-01-05T10:00:00.000+0100"
FIELDS: dict[str, dict[str, Any]] = {
    "status": {"schema": {"type": "status"}},
    "labels": {"schema": {"type": "array", "items": "string"}},
    "fixVersions": {"schema": {"type": "array", "items": "version"}},
    "customfield_1": {"schema": {"type": "array", "items": "json", "custom": "x:gh-sprint"}},
    "customfield_2": {"schema": {"type": "array", "items": "option"}},
    "customfield_3": {"schema": {"type": "any", "custom": "x:gh-lexo-rank"}},
}


def issue(**fields: Any) -> dict[str, Any]:
    return {
        "id": "7",
        "key": "A-1",
        "fields": {"created": CREATED, "creator": {"accountId": "ada"}, **fields},
    }


def event(number: int, hour: int, *items: dict[str, Any]) -> dict[str, Any]:
    at = int(datetime(2026, 1, 5, hour, tzinfo=UTC).timestamp() * 1000)
    return {"id": str(number), "created": at, "author": {"accountId": "ben"}, "items": list(items)}


def item(
    field: str, before: tuple[str | None, str | None], after: tuple[str | None, str | None]
) -> dict[str, Any]:
    return {
        "field": field, "fieldId": field, "from": before[0], "fromString": before[1], "to": after[0],
        "toString": after[1],
    }  # fmt: skip


def values(rows: list[Any], field: str) -> list[tuple[int, str | None, bool]]:
    """Hour, value, whether it is what stands; in order of time and value."""
    found = [(row["time"].hour, row["value"], row["is_active"]) for row in rows if row["field_id"] == field]
    return sorted(found, key=lambda one: (one[0], one[1] or ""))


def test_a_field_that_never_changed_has_its_value_from_the_beginning() -> None:
    single, _ = histories(issue(status={"id": "3"}, summary="Hello", customfield_9=5.0), [], FIELDS)
    assert values(single, "status") == [(9, "3", True)]
    assert values(single, "summary") == [(9, "Hello", True)]
    assert values(single, "customfield_9") == [(9, "5", True)]
    assert values(single, "issuekey") == [(9, "A-1", True)]
    assert {row["author_id"] for row in single} == {"ada"}


def test_the_first_value_is_what_the_first_change_changed() -> None:
    events = [
        event(2, 12, item("status", ("3", "Doing"), ("4", "Done"))),
        event(1, 11, item("status", ("1", "To Do"), ("3", "Doing"))),
    ]
    single, _ = histories(issue(status={"id": "4"}), events, FIELDS)
    assert values(single, "status") == [(9, "1", False), (11, "3", False), (12, "4", True)]


def test_of_two_changes_at_once_the_later_entry_stands() -> None:
    events = [
        event(1, 11, item("status", ("1", "To Do"), ("3", "Doing"))),
        event(2, 11, item("status", ("3", "Doing"), ("4", "Done"))),
    ]
    single, _ = histories(issue(status={"id": "4"}), events, FIELDS)
    assert values(single, "status") == [(9, "1", False), (11, "4", True)]


def test_a_value_that_was_taken_away_is_empty_from_then_on() -> None:
    events = [event(1, 11, item("assignee", ("ada", "Ada"), (None, "")))]
    single, _ = histories(issue(assignee=None), events, FIELDS)
    assert values(single, "assignee") == [(9, "ada", False), (11, None, True)]


def test_versions_come_and_go_one_by_one() -> None:
    events = [
        event(1, 11, item("fixVersions", (None, None), ("20", "2.0"))),
        event(
            2,
            12,
            item("fixVersions", ("10", "1.0"), (None, None)),
            item("fixVersions", (None, None), ("30", "3")),
        ),
    ]
    _, several = histories(issue(fixVersions=[{"id": "20"}, {"id": "30"}]), events, FIELDS)
    assert values(several, "fixVersions") == [
        (9, "10", False),
        (11, "10", False),
        (11, "20", False),
        (12, "20", True),
        (12, "30", True),
    ]


def test_sprints_options_and_labels_come_whole() -> None:
    events = [
        event(1, 11, item("customfield_1", ("", ""), ("1, 2", "One, Two"))),
        event(2, 12, item("customfield_2", ("[5]", "Red"), ("[5, 6]", "Red, Blue"))),
        event(3, 13, item("labels", (None, "a b"), (None, ""))),
    ]
    _, several = histories(issue(), events, FIELDS)
    assert values(several, "customfield_1") == [(11, "1", True), (11, "2", True)]
    assert values(several, "customfield_2") == [(9, "5", False), (12, "5", True), (12, "6", True)]
    assert values(several, "labels") == [(9, "a", False), (9, "b", False), (13, None, True)]


def test_each_row_of_several_values_has_a_key_of_its_own() -> None:
    _, several = histories(issue(labels=["a", "b", "a"]), [], FIELDS)
    assert len({row["_fivetran_id"] for row in several}) == len(several) == 2


def test_the_rank_and_what_is_counted_up_has_no_history() -> None:
    found = issue(customfield_3="0|i0001:", votes={"votes": 3}, updated=CREATED, comment={"total": 0})
    single, several = histories(found, [], FIELDS)
    assert {row["field_id"] for row in [*single, *several]} == {"issuekey"}
