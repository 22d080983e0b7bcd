"""What browsers send while a person walks their way over the website, and who that person truly is.

Pages, a download, a trial with a portal account, a purchase. It decides nothing that a plan decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.campaigns import context_of
from mainstem.simulate.world.output import Life, Truth
from mainstem.simulate.world.send import Sender

if TYPE_CHECKING:
    from mainstem.simulate.world.difficulty import Difficulty
    from mainstem.simulate.world.people import Visit, Visitor

_SITE = "https://www.example.com"
_PAGES = (
    ("Home", "/"),
    ("Product", "/product"),
    ("Pricing", "/pricing"),
    ("Docs", "/docs"),
    ("Blog", "/blog"),
)
_STEP_PAGES = {
    "download": ("Download", "/download"),
    "trial": ("Trial", "/trial"),
    "purchase": ("Buy", "/buy"),
}
_STEP_EVENTS = {"download": "Download Clicked", "trial": "Trial Started", "purchase": "Purchase Completed"}
_LIBRARY = {"name": "RudderLabs JavaScript SDK", "version": "3.7.0"}


class _Browser:
    """The messages of one visit, in order."""

    def __init__(self, chance: Chance, rates: Difficulty, visit: Visit, user_id: str | None) -> None:
        self._chance = chance
        self._missing = rates.anonymous_id_missing
        self._sender = Sender("website", chance, rates, visit.device.blocked)
        self._anonymous_id = visit.anonymous_id
        self._context = {"library": _LIBRARY, **context_of(chance, visit.channel)}
        if visit.device.privacy_signal:
            self._context["globalPrivacyControl"] = True
        self.user_id = user_id
        self.at = visit.at

    def send(self, kind: str, **rest: Any) -> Life:
        message: dict[str, Any] = {"type": kind, "channel": "web", **rest, "context": self._context}
        if self.user_id:
            message["userId"] = self.user_id
        if not (self.user_id and self._chance.happens(self._missing)):
            message["anonymousId"] = self._anonymous_id
        yield from self._sender.send(self.at, message)
        self.at += timedelta(milliseconds=self._chance.whole(3_000, 240_000))

    def page(self, name: str, path: str) -> Life:
        yield from self.send("page", name=name, properties={"path": path, "url": _SITE + path, "title": name})


def visit_life(seed: int, visitor: Visitor, place: int, rates: Difficulty) -> Life:
    """The visit at `place` of the visitor's plan."""
    visit = visitor.visits[place]
    chance = Chance(seed, "visit", visitor.number, place)
    signed_up = any(earlier.step == "trial" for earlier in visitor.visits[:place])
    browser = _Browser(chance, rates, visit, visitor.portal_id if signed_up else None)
    yield from _links(visitor, place)
    for _ in range(1 + chance.below(4)):
        yield from browser.page(*chance.one_of(_PAGES))
    if visitor.arm and place == 0:
        yield from _exposures(browser, visitor, visit)
    if visit.step:
        yield from _walk(browser, chance, visitor, visit)


def _walk(browser: _Browser, chance: Chance, visitor: Visitor, visit: Visit) -> Life:
    step = visit.step
    yield from browser.page(*_STEP_PAGES[step])
    at = browser.at
    yield at, Truth(at, "stages", _stage(visitor, step, at))
    if step == "trial":
        browser.user_id = visitor.portal_id
    email = visitor.emails[-1 if step == "purchase" else 0]
    gives_email = step != "download" or chance.happens(0.5)
    if gives_email:
        yield at, _link(at, visitor, "email", email, step)
        if step != "download":
            yield at, _link(at, visitor, "portal_user", visitor.portal_id, step)
        yield from browser.send("identify", traits={"email": email})
    yield from browser.send("track", event=_STEP_EVENTS[step], properties={"path": _STEP_PAGES[step][1]})


def _exposures(browser: _Browser, visitor: Visitor, visit: Visit) -> Life:
    arm = visitor.arm
    if arm is None:
        return
    row = {
        "person_id": visitor.person_id,
        "experiment_key": arm.experiment.key,
        "variation_id": arm.variation,
        "sees_both": arm.sees_both,
        "sent": arm.sent,
    }
    yield browser.at, Truth(browser.at, "exposures", row)
    shown = [arm.variation] if arm.sent else []
    for variation in [*shown, 1 - arm.variation] if arm.sees_both else shown:
        properties = {
            "experiment_key": arm.experiment.key,
            "variation_id": variation,
            "unit_id": visit.anonymous_id,
        }
        yield from browser.send("track", event="experiment_viewed", properties=properties)


def _links(visitor: Visitor, place: int) -> Life:
    visit = visitor.visits[place]
    if place == 0:
        person = {"person_id": visitor.person_id, "first_seen_at": visit.at}
        yield visit.at, Truth(visit.at, "persons", person)
        yield visit.at, Truth(visit.at, "stages", _stage(visitor, "visit", visit.at))
    seen = any(earlier.anonymous_id == visit.anonymous_id for earlier in visitor.visits[:place])
    if not seen:
        yield visit.at, _link(visit.at, visitor, "anonymous_id", visit.anonymous_id, "visit")
    touch = {"person_id": visitor.person_id, "at": visit.at, "channel": visit.channel}
    yield visit.at, Truth(visit.at, "touches", touch)


def _stage(visitor: Visitor, stage: str, at: datetime) -> dict[str, Any]:
    return {"person_id": visitor.person_id, "stage": stage, "at": at}


def _link(at: datetime, visitor: Visitor, kind: str, value: str, evidence: str) -> Truth:
    row = {"person_id": visitor.person_id, "type": kind, "value": value, "at": at, "evidence": evidence}
    return Truth(at, "links", row)
