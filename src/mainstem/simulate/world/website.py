"""What browsers send while a person walks their way over the website, and who that person truly is.

Pages, a download, a trial with a portal account, a purchase. It decides nothing that a plan decides.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.campaigns import campaign_of, context_of
from mainstem.simulate.world.content import landing
from mainstem.simulate.world.links import edge, link, person
from mainstem.simulate.world.output import Life, Truth
from mainstem.simulate.world.send import Sender

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.simulate.world.content import Piece
    from mainstem.simulate.world.people import Visit, Visitor
    from mainstem.simulate.world.wiring import Wiring

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
_PLATFORMS = ("linux", "docker", "kubernetes")
_LIBRARY = {"name": "RudderLabs JavaScript SDK", "version": "3.7.0"}


class _Browser:
    """The messages of one visit, in order, and what they give away of who it is."""

    def __init__(
        self, chance: Chance, wiring: Wiring, visitor: Visitor, visit: Visit, context: dict[str, Any]
    ) -> None:
        self._chance = chance
        self._missing = wiring.rates.anonymous_id_missing
        self._sender = Sender("website", chance, wiring.rates, visit.device.blocked)
        self._visitor = visitor
        self._blocked = visit.device.blocked
        self.anonymous_id = visit.anonymous_id
        self._context = {"library": _LIBRARY, **context}
        if visit.device.privacy_signal:
            self._context["globalPrivacyControl"] = True
        self.user_id: str | None = None
        self.at = visit.at
        self._told = False

    def send(self, kind: str, **rest: Any) -> Life:
        message: dict[str, Any] = {"type": kind, "channel": "web", **rest, "context": self._context}
        if self.user_id:
            message["userId"] = self.user_id
        if not (self.user_id and self._chance.happens(self._missing)):
            message["anonymousId"] = self.anonymous_id
        yield from self._sender.send(self.at, message)
        if self.user_id and not self._told and "anonymousId" in message:
            self._told = True
            ids = ("anonymous_id", self.anonymous_id), ("portal_user", self.user_id)
            yield edge(self.at, self._visitor.person_id, *ids, "event", blocked=self._blocked)
        self.at += timedelta(milliseconds=self._chance.whole(3_000, 240_000))

    def page(self, name: str, path: str) -> Life:
        yield from self.send("page", name=name, properties={"path": path, "url": _SITE + path, "title": name})

    def identify(self, email: str) -> Life:
        owner = self.user_id
        known = ("portal_user", owner) if owner else ("anonymous_id", self.anonymous_id)
        one = edge(
            self.at, self._visitor.person_id, known, ("email", email), "identify", blocked=self._blocked
        )
        yield from self.send("identify", traits={"email": email})
        yield self.at, one[1]


def visit_life(wiring: Wiring, visitor: Visitor, place: int) -> Life:
    """The visit at `place` of the visitor's plan."""
    visit = visitor.visits[place]
    chance = Chance(wiring.seed, "visit", visitor.number, place)
    campaign = campaign_of(chance, visit.channel)
    piece = landing(chance, visit.channel, visit.at.date(), wiring.calendar)
    browser = _Browser(chance, wiring, visitor, visit, context_of(visit.channel, campaign))
    if any(earlier.step == "trial" for earlier in visitor.visits[:place]):
        browser.user_id = visitor.portal_id
    yield from _links(visitor, place, campaign, piece)
    if piece:
        yield from browser.page(piece.kind.capitalize(), piece.path)
    for _ in range((0 if piece else 1) + chance.below(4)):
        yield from browser.page(*chance.one_of(_PAGES))
    if visitor.arm and place == 0:
        yield from _exposures(browser, visitor)
    if visit.step:
        yield from _walk(browser, chance, wiring, visitor, visit)


def _walk(browser: _Browser, chance: Chance, wiring: Wiring, visitor: Visitor, visit: Visit) -> Life:
    step = visit.step
    yield from browser.page(*_STEP_PAGES[step])
    at = browser.at
    yield at, Truth(at, "stages", _stage(visitor, step, at))
    if step == "trial":
        browser.user_id = visitor.portal_id
        yield link(at, visitor.person_id, ("portal_user", visitor.portal_id), step)
        if chance.happens(wiring.rates.aliased):
            yield from browser.send("alias", previousId=browser.anonymous_id)
    email = visitor.emails[-1 if step == "purchase" else 0]
    if step != "download" or chance.happens(0.5):
        yield link(browser.at, visitor.person_id, ("email", email), step)
        yield from browser.identify(email)
    if step == "purchase" and len(visitor.emails) > 1:
        merged = [{"type": "email", "value": one} for one in visitor.emails]
        yield from browser.send("merge", mergeProperties=merged)
    properties = {"path": _STEP_PAGES[step][1]}
    if step == "download":
        properties["platform"] = chance.one_of(_PLATFORMS)
    yield from browser.send("track", event=_STEP_EVENTS[step], properties=properties)


def _exposures(browser: _Browser, visitor: Visitor) -> Life:
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
            "unit_id": browser.anonymous_id,
        }
        yield from browser.send("track", event="experiment_viewed", properties=properties)


def _links(visitor: Visitor, place: int, campaign: str | None, piece: Piece | None) -> Life:
    visit = visitor.visits[place]
    if place == 0:
        yield person(visit.at, visitor.person_id, visit.at, on_site=True)
        yield visit.at, Truth(visit.at, "stages", _stage(visitor, "visit", visit.at))
    seen = any(earlier.anonymous_id == visit.anonymous_id for earlier in visitor.visits[:place])
    if not seen:
        yield link(visit.at, visitor.person_id, ("anonymous_id", visit.anonymous_id), "visit")
    touch = {
        "person_id": visitor.person_id,
        "at": visit.at,
        "channel": visit.channel,
        "anonymous_id": visit.anonymous_id,
        "campaign": campaign,
        "content": piece.path if piece else None,
        "blocked": visit.device.blocked,
    }
    yield visit.at, Truth(visit.at, "touches", touch)


def _stage(visitor: Visitor, stage: str, at: datetime) -> dict[str, Any]:
    return {"person_id": visitor.person_id, "stage": stage, "at": at}
