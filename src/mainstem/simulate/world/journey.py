"""A visitor's life as the company sees it: their visits one after another, and what begins with them.

It ties the ideas together, who shares a device and what a purchase starts, and sends nothing itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.world.accounts import account_life
from mainstem.simulate.world.installations import free_server
from mainstem.simulate.world.output import Life, Starts
from mainstem.simulate.world.people import Device, plan_visitor
from mainstem.simulate.world.timeline import moment
from mainstem.simulate.world.trials import plan_trial
from mainstem.simulate.world.website import visit_life

if TYPE_CHECKING:
    from datetime import date

    from mainstem.simulate.world.people import Visit, Visitor
    from mainstem.simulate.world.wiring import Wiring


def visitor_life(
    wiring: Wiring, number: str, day: date, shared: Device | None = None, losses: int = 0
) -> Life:
    visitor = plan_visitor(wiring, number, day, shared, losses)
    for place in range(len(visitor.visits)):
        # Not begun before its time: a life that waits costs memory, and most wait for days.
        at = visitor.visits[place].at
        yield at, Starts(at, visit_life(wiring, visitor, place))
        yield from _what_begins(wiring, visitor, visitor.visits[place])
    # They sit down at it after its first user is done, with the cookie it then has.
    turn = visitor.visits[-1].at.date() + timedelta(days=2)
    at = moment(turn)
    for guest in range(visitor.guests):
        life = visitor_life(wiring, f"{number}g{guest}", turn, visitor.visits[0].device, visitor.losses)
        yield at, Starts(at, life)


def _what_begins(wiring: Wiring, visitor: Visitor, visit: Visit) -> Life:
    """An hour after the visit, when all of it has been sent."""
    at = visit.at + timedelta(hours=1)
    if visit.step == "trial":
        yield at, Starts(at, plan_trial(wiring, visitor).life(at))
    if visit.step == "purchase":
        yield at, Starts(at, account_life(wiring, visitor, at))
    if visit.step == "download":
        for life in free_server(wiring, visitor.number, at):
            yield at, Starts(at, life)
