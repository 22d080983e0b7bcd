"""Objects of Jira become rows: text of documents, columns of custom fields, links of both directions."""

from __future__ import annotations

from typing import Any

from mainstem.connectors.jira.document import plain_text
from mainstem.connectors.jira.rows import custom_columns, issue, links


def node(kind: str, *content: Any, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "content": list(content), **fields}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def test_a_document_is_read_as_its_paragraphs() -> None:
    document = node(
        "doc",
        node("heading", text("Why")),
        node("paragraph", text("Ask "), {"type": "mention", "attrs": {"text": "@Ada"}}, text(".")),
        node("bulletList", node("listItem", node("paragraph", text("one"))), node("listItem", text("two"))),
        node("paragraph", {"type": "inlineCard", "attrs": {"url": "https://x.example"}}),
    )
    assert plain_text(document) == "Why\nAsk @Ada.\none\ntwo\nhttps://x.example"


def test_what_is_text_already_stays() -> None:
    assert plain_text("h1. Why") == "h1. Why"
    assert plain_text(None) is None


def custom(number: int, name: str, kind: str = "string") -> dict[str, Any]:
    return {"id": f"customfield_{number}", "name": name, "custom": True, "schema": {"type": kind}}


def test_custom_fields_are_columns_by_name_and_twins_by_id_too() -> None:
    fields = [custom(1, "Story Points"), custom(2, "Team"), custom(3, "team"), custom(4, "Sprint", "array")]
    columns = custom_columns(fields)
    assert columns == {
        "customfield_1": "custom_story_points",
        "customfield_2": "custom_team_customfield_2",
        "customfield_3": "custom_team_customfield_3",
    }
    found = {"id": "1", "fields": {"customfield_1": 3.0, "customfield_2": {"id": "9", "value": "Blue"}}}
    row = issue(found, columns)
    assert row["custom_story_points"] == 3.0
    assert row["custom_team_customfield_2"] == "Blue"


def test_a_link_is_named_as_it_reads_from_its_issue() -> None:
    kind = {"name": "Blocks", "outward": "blocks", "inward": "is blocked by"}
    found = {
        "id": "1",
        "fields": {
            "issuelinks": [
                {"type": kind, "outwardIssue": {"id": "2"}},
                {"type": kind, "inwardIssue": {"id": "3"}},
            ]
        },
    }
    assert [(row["related_issue_id"], row["relationship"]) for row in links(found)] == [
        ("2", "blocks"),
        ("3", "is blocked by"),
    ]
