from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pyarrow as pa

from mainstem.artifacts import LineageNode
from mainstem.assemble.truth import ProjectTruth
from mainstem.errors import QueryError

NEWEST = datetime(2026, 11, 23, 18, tzinfo=UTC)


class Lake:
    """Holds `mobile.opened`, with no column `gone`."""

    def query(self, sql: str, parameters: tuple[object, ...] = ()) -> pa.Table:
        if "information_schema" in sql:
            return pa.table({"1": [1] if list(parameters) == ["mobile", "opened"] else []})
        if '"mobile"."opened"' in sql and "gone" not in sql:
            return pa.table({"newest": [NEWEST]})
        raise QueryError("Catalog Error: it does not exist")


def source(table: str, loaded_at: str) -> LineageNode:
    uid = f"source.mobile.{table}.{loaded_at}"
    return LineageNode(uid=uid, name=table, kind="source", schema="mobile", table=table, loaded_at=loaded_at)


def test_an_event_never_sent_has_no_row_and_a_column_that_is_gone_is_not_known() -> None:
    truth = ProjectTruth(cast("Any", None), cast("Any", None), None, cast("Any", Lake()), ())
    opened, never, wrong = source("opened", "at"), source("never", "at"), source("opened", "gone")
    assert truth.newest_rows([opened, never, wrong]) == {opened.uid: NEWEST, never.uid: None}
