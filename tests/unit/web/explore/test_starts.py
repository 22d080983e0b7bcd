"""Where to begin with an explore."""

from __future__ import annotations

from mainstem.semantics.model import Explore, Origin
from mainstem.web.explore.starts import suggested
from mainstem.web.explore_fields import ExploreField

EXPLORE = Explore(
    name="accounts", label="Accounts", alias="accounts", view="accounts", origin=Origin("a.model.lkml", 1)
)


def field(
    name: str, kind: str = "dimension", type_: str = "string", *, is_time: bool = False
) -> ExploreField:
    return ExploreField(
        name=name,
        label=name.rpartition(".")[2].replace("_", " ").capitalize(),
        view_label="Accounts",
        group_label=None,
        kind=kind,
        type=type_,
        description=None,
        defined_at="a.view.lkml:1",
        hidden=False,
        tags=(),
        is_key=False,
        is_time=is_time,
    )


def titles(*fields: ExploreField) -> list[str]:
    return [one.title for one in suggested("m", EXPLORE, fields)]


def test_a_measure_is_offered_alone_over_time_and_by_what_tells_groups_apart() -> None:
    assert titles(
        field("accounts.account"),
        field("accounts.domain"),
        field("accounts.owner_email"),
        field("accounts.since_date", is_time=True),
        field("accounts.since_month", is_time=True),
        field("accounts.region"),
        field("accounts.plan"),
        field("accounts.status"),
        field("accounts.count", "measure", "count"),
    ) == ["Count", "Count by Since month", "Count by Region", "Count by Plan"]


def test_without_a_measure_nothing_is_suggested_and_one_of_a_join_will_do() -> None:
    assert titles(field("accounts.region")) == []
    assert titles(field("tickets.count", "measure", "count")) == ["Count"]
