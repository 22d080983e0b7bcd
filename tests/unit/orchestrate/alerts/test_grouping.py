from __future__ import annotations

from datetime import timedelta

from mainstem.orchestrate.alerts import AlertSettings, grouped
from mainstem.orchestrate.alerts.grouping import MAYBE_TOLD, Round
from mainstem.store.alerts import Parcel
from mainstem.testing.sights import NOW

SETTINGS = AlertSettings(most_an_hour=5)


def parcel(
    number: int, dag: str = "nightly", *, kind: str = "failure", target: str = "team", begun: bool = False
) -> Parcel:
    return Parcel(
        f"k{number}", NOW, kind, dag, f"{dag}.t{number} failed", f"exit {number}", "r1",
        f"t{number}", 1, target=target, due_at=NOW, was_begun=begun,
    )  # fmt: skip


def plan(parcels: list[Parcel], sent: int = 0, told: dict[tuple[str, str], int] | None = None) -> Round:
    last = {key: NOW - timedelta(seconds=ago) for key, ago in (told or {}).items()}
    return grouped(parcels, last, {"team": sent}, SETTINGS, NOW)


def test_one_alert_is_told_as_it_is() -> None:
    (letter,) = plan([parcel(1)]).letters
    assert (letter.message.title, letter.message.body) == ("nightly.t1 failed", "exit 1")
    assert letter.message.level == "failure"


def test_fifty_failures_of_a_run_are_one_message() -> None:
    (letter,) = plan([parcel(number) for number in range(50)]).letters
    assert letter.message.title == "nightly: 50 × failure"
    assert "nightly.t0 failed\nexit 0" in letter.message.body
    assert "- nightly.t20 failed" in letter.message.body
    assert "- and 29 more: mainstem alerts list" in letter.message.body
    assert len(letter.keys) == 50


def test_dags_are_told_of_apart_and_places_too() -> None:
    letters = plan([parcel(1), parcel(2, "hourly"), parcel(3, target="boss")]).letters
    assert [(one.target, one.keys) for one in letters] == [
        ("team", ("k1",)),
        ("team", ("k2",)),
        ("boss", ("k3",)),
    ]


def test_a_place_is_not_told_of_failures_of_the_same_dag_at_once_again() -> None:
    again = plan([parcel(1)], told={("team", "nightly"): 100})
    assert again.letters == ()
    assert again.postponed == (("team", ("k1",), NOW + timedelta(seconds=200)),)
    assert plan([parcel(1)], told={("team", "nightly"): 301}).letters


def test_good_news_does_not_wait() -> None:
    told = {("team", "nightly"): 100}
    (letter,) = plan([parcel(1, kind="recovery")], told=told).letters
    assert letter.message.level == "success"


def test_a_storm_over_many_dags_is_few_messages_and_loses_nothing() -> None:
    parcels = [parcel(number, f"d{number}") for number in range(40)]
    letters = plan(parcels).letters
    assert len(letters) == 5
    assert [len(one.keys) for one in letters] == [1, 1, 1, 1, 36]
    assert {key for one in letters for key in one.keys} == {one.key for one in parcels}


def test_a_place_that_has_had_enough_is_told_of_all_together() -> None:
    (letter,) = plan([parcel(number, f"d{number}") for number in range(3)], sent=5).letters
    assert len(letter.keys) == 3


def test_what_may_have_been_told_before_says_so() -> None:
    (letter,) = plan([parcel(1, begun=True)]).letters
    assert letter.message.body.splitlines()[0] == MAYBE_TOLD
