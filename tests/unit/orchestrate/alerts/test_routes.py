from __future__ import annotations

from mainstem.orchestrate.alerts import AlertRoute, AlertSettings, targets_of
from mainstem.store.runs import Alert
from mainstem.testing.sights import NOW

SETTINGS = AlertSettings(
    targets={"team": "env:A", "boss": "env:B", "web": "env:C"},
    routes=(
        AlertRoute(dags=("web_*",), targets=("web",)),
        AlertRoute(dags=("play",), targets=()),
        AlertRoute(dags=("loud*",), targets=("team",), on=("retry",)),
    ),
)


def told(dag_id: str, kind: str = "failure", key: str = "k") -> tuple[str, ...]:
    return targets_of(Alert(key, NOW, kind, dag_id, "", ""), SETTINGS)


def test_without_a_route_every_place_is_told() -> None:
    assert told("nightly") == ("team", "boss", "web")


def test_the_first_route_that_fits_is_a_dags_own() -> None:
    assert told("web_daily") == ("web",)
    assert told("play") == ()


def test_a_route_may_want_other_kinds() -> None:
    assert (told("loud", "retry"), told("loud", "failure")) == (("team",), ())
    assert told("nightly", "retry") == ()


def test_what_is_of_no_dag_is_told_everywhere_but_where_nobody_is_reached() -> None:
    assert told("", "runner") == ("team", "boss", "web")
    assert told("", "target", "target:boss:1f:2026-W48") == ("team", "web")


def test_that_something_is_over_is_told_to_those_who_were_told_of_it() -> None:
    settings = AlertSettings(
        targets={"team": "env:A", "boss": "env:B"},
        routes=(
            AlertRoute(dags=("a",), targets=("boss",), on=("recovery",)),
            AlertRoute(dags=("b",), targets=("boss",), on=("recovery", "overdue")),
        ),
    )
    over = {dag: Alert(f"over:overdue:{dag}:x", NOW, "recovery", dag, "", "") for dag in "ab"}
    assert [targets_of(over[dag], settings) for dag in "ab"] == [(), ("boss",)]
