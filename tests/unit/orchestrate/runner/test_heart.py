from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from mainstem.orchestrate.runner.heart import Heart, since_boot
from mainstem.store.runs import Lease
from mainstem.testing.runner import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.store.runs import Leases

A_LEASE = Lease("ada", 1, datetime(2026, 1, 1, tzinfo=UTC))


class Renewals:
    """Counts; what `answer` raises, it raises."""

    def __init__(self, answer: Callable[[], bool] = lambda: True) -> None:
        self.count = 0
        self._answer = answer

    def renew(self, lease: Lease, seconds: float) -> bool:
        self.count += 1
        return self._answer()


class Beating:
    def __init__(self, renewals: Renewals, file: Path | None) -> None:
        self.lost = threading.Event()
        self.heart = Heart(
            renewals,  # type: ignore[arg-type] # as far as it is asked
            A_LEASE,
            0.3,
            taken_at=since_boot() + 60,
            margin=0.0,
            file=file,
            lost=self.lost.set,
        )


@pytest.fixture
def beating() -> Iterator[Callable[..., Beating]]:
    made: list[Beating] = []

    def make(renewals: Renewals, file: Path | None = None) -> Beating:
        made.append(Beating(renewals, file))
        made[-1].heart.start()
        return made[-1]

    yield make
    for one in made:
        one.heart.stop()


def test_a_disk_that_is_full_does_not_end_the_renewals(
    beating: Callable[..., Beating], tmp_path: Path
) -> None:
    renewals, file = Renewals(), tmp_path / "lease"
    one = beating(renewals, file)
    (tmp_path / "lease.new").mkdir()  # nothing is written there
    count = renewals.count
    wait_until(lambda: renewals.count > count + 3, "the lease is renewed")
    assert not one.lost.is_set()


def _broken() -> bool:
    raise ValueError("nobody expects this")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_heart_that_breaks_says_that_the_lease_is_lost(beating: Callable[..., Beating]) -> None:
    one = beating(Renewals(_broken))
    assert one.lost.wait(30)
    assert not one.heart.is_good()


def test_a_lease_that_another_runner_of_the_machine_keeps_is_told_apart_from_one_that_is_over(
    beating: Callable[..., Beating], tmp_path: Path
) -> None:
    file = tmp_path / "lease"
    one = beating(Renewals(lambda: False), file)
    assert one.lost.wait(30)
    file.write_text(str(since_boot() + 60))
    assert one.heart.is_kept_here()
    file.write_text(str(since_boot() - 1))
    assert not one.heart.is_kept_here()


def test_a_lease_whose_file_cannot_be_written_is_given_up_not_held_in_silence(tmp_path: Path) -> None:
    folder, lost = tmp_path / "runs", threading.Event()
    folder.mkdir()
    heart = Heart(
        cast("Leases", Renewals()),
        A_LEASE,
        0.06,
        taken_at=since_boot(),
        margin=0.0,
        file=folder / "lease",
        lost=lost.set,
    )
    (folder / "lease").unlink()
    folder.rmdir()
    heart.start()
    assert lost.wait(30)
    heart.stop()
    assert not heart.is_good()
