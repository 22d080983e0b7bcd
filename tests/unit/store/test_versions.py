from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.store.publications import Publications
from mainstem.store.versions import BUILD_ARTIFACTS, KEPT_TEXTS, LOOKML_VERSIONS, Versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.store import Database
    from mainstem.store.table import Table

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def build(database: Database, *command: str, run: str = "") -> int:
    return Publications(database).begin(list(command) or ["build"], "ada", NOW, run)


@pytest.mark.parametrize(
    "table", [KEPT_TEXTS, BUILD_ARTIFACTS, LOOKML_VERSIONS], ids=lambda table: table.name
)
def test_a_table_is_what_its_statements_need(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_a_build_gets_back_what_it_left_and_the_same_text_is_kept_once(database: Database) -> None:
    versions = Versions(database)
    for number in (build(database), build(database)):
        versions.keep_build(number, b"lineage", b"outcomes %d" % number)
    [kept] = versions.artifacts(number)
    assert versions.text(kept.lineage) == b"lineage"
    assert versions.text(kept.outcomes) == b"outcomes %d" % number
    with database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM kept_texts").fetchone() == (3,)


def test_a_publication_of_a_run_has_what_all_its_builds_left(database: Database) -> None:
    versions = Versions(database)
    other = build(database)
    mine = [build(database, run="r"), build(database, run="r")]
    for number in (other, *mine):
        versions.keep_build(number, b"lineage", b"%d" % number)
    published = build(database, "publish", "--of", "r")
    assert [one.build_id for one in versions.artifacts(published)] == mine
    assert versions.run_of(published) == "r"
    assert versions.run_of(other) == ""


def test_lookml_is_kept_when_it_changes_and_found_as_it_stood(database: Database) -> None:
    versions = Versions(database)
    assert versions.keep_lookml({"a.view.lkml": b"one"}, NOW)
    assert not versions.keep_lookml({"a.view.lkml": b"one"}, NOW + timedelta(hours=1))
    assert versions.keep_lookml({"a.view.lkml": b"two"}, NOW + timedelta(hours=2))
    assert versions.lookml_at(NOW - timedelta(seconds=1)) is None
    before = versions.lookml_at(NOW + timedelta(hours=1))
    assert before is not None
    assert versions.text(before.files["a.view.lkml"]) == b"one"


def test_a_text_that_is_not_kept_is_no_text(database: Database) -> None:
    with pytest.raises(KeyError):
        Versions(database).text("nothing")
