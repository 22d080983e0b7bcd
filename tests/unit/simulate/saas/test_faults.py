"""What is planned to fail fails so often, on what it is about; limits count every stretch of time."""

from __future__ import annotations

from datetime import timedelta

from mainstem.simulate.saas import ControlledClock, Fault, FaultPlan
from mainstem.simulate.saas.limits import Allowed, Meter
from mainstem.testing.connectors import NOON


def test_a_fault_happens_after_so_many_requests_and_so_often() -> None:
    plan = FaultPlan()
    plan.add(Fault("error", "/tickets", after=1, times=2))
    met = [
        bool(plan.meet("GET", path)) for path in ["/tickets", "/users", "/tickets", "/tickets", "/tickets"]
    ]
    assert met == [False, False, True, True, False]
    assert plan.left() == []


def test_a_fault_without_end_stays() -> None:
    plan = FaultPlan()
    plan.add(Fault("error", times=0))
    assert [bool(plan.meet("GET", "/")) for _ in range(3)] == [True] * 3
    assert plan.left()


def test_a_fault_may_be_of_one_method() -> None:
    plan = FaultPlan()
    plan.add(Fault("timeout", method="POST"))
    assert not plan.meet("GET", "/")
    assert plan.meet("POST", "/")


def test_a_limit_lets_no_stretch_hold_more() -> None:
    meter = Meter(Allowed(2, 60))
    assert [meter.take(NOON), meter.take(NOON + timedelta(seconds=30))] == [0.0, 0.0]
    assert meter.take(NOON + timedelta(seconds=59)) == 1.0
    assert meter.take(NOON + timedelta(seconds=60)) == 0.0
    assert meter.take(NOON + timedelta(seconds=61)) == 29.0


def test_a_controlled_clock_never_goes_back() -> None:
    clock = ControlledClock(NOON)
    clock.advance(60)
    clock.move_to(NOON)
    assert clock.now() == NOON + timedelta(seconds=60)
