"""Which rows a retention rule is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mainstem.operate.retention import RetentionRule, plan_retention
from mainstem.warehouse import TableName
from mainstem.warehouse.erasing import OldRows

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EVENT = ("id", "received_at", "event")
TABLES = {
    TableName("web", "tracks"): EVENT,
    TableName("web", "pages"): ("id", "received_at"),
    TableName("web", "users"): ("id", "received_at"),
    TableName("shop", "tracks"): EVENT,
    TableName("models", "fct"): EVENT,
    TableName("mainstem", "quarantine"): ("event", "received_at"),
    TableName("mainstem", "load_offsets"): ("stream",),
}


@pytest.mark.parametrize(
    ("rule", "tables"),
    [
        (RetentionRule(1), {"web.tracks", "web.pages", "shop.tracks"}),
        (RetentionRule(1, source="w"), {"web.tracks", "web.pages"}),
        (RetentionRule(1, tables="web.*"), {"web.tracks", "web.pages"}),
        (RetentionRule(1, tables="tracks"), {"web.tracks", "shop.tracks"}),
        (RetentionRule(1, tables="users"), {"web.users"}),
        (RetentionRule(1, events=("seen",)), {"web.tracks", "shop.tracks"}),
        (RetentionRule(1, tables="mainstem.quarantine"), {"mainstem.quarantine"}),
        (RetentionRule(1, tables="mainstem.*"), set()),
        (RetentionRule(1, tables="models.fct"), set()),
        (RetentionRule(1, source="gone"), set()),
    ],
)
def test_a_rule_is_about_the_tables_it_names(rule: RetentionRule, tables: set[str]) -> None:
    found = plan_retention([rule], TABLES, {"w": "web"}, {"models"}, NOW)
    assert {str(name) for name in found} == tables


def test_rows_are_counted_from_when_they_came_and_every_rule_counts() -> None:
    rules = [RetentionRule(30, tables="web.pages"), RetentionRule(7, tables="web.p*")]
    found = plan_retention(rules, TABLES, {}, (), NOW)
    assert found == {
        TableName("web", "pages"): [
            OldRows("received_at", NOW - timedelta(days=30)),
            OldRows("received_at", NOW - timedelta(days=7)),
        ]
    }
