"""A lead from its form on: the CRM's row, and what marketing does with it until it buys or a month is over.

E-mails go out on fixed days; some are opened, some of those clicked; a few people come to a webinar. None of
it makes anybody buy.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.crm import opaque, upsert
from mainstem.simulate.world.links import edge, link
from mainstem.simulate.world.send import text

if TYPE_CHECKING:
    from mainstem.simulate.world.output import Life
    from mainstem.simulate.world.people import Visitor
    from mainstem.simulate.world.wiring import Wiring

_MAILS = {"welcome": 0.2, "first-steps": 3.0, "customer-story": 10.0, "last-days": 25.0}
"""Days after the form."""
_OPENED, _CLICKED, _WEBINAR, _ATTENDED = 0.45, 0.25, 0.08, 0.6


def lead_row(at: datetime, visitor: Visitor, status: str, created: datetime) -> Life:
    row = {
        "email": visitor.emails[0],
        "name": f"{visitor.first_name} {visitor.last_name}",
        "portal_customer_id": visitor.portal_id,
        "status": status,
        "created_at": text(created),
    }
    yield upsert(at, "crm", "leads", _lead_id(visitor), row)


def new_lead(at: datetime, visitor: Visitor) -> Life:
    """Made by the trial's form, which says an e-mail and knows the portal's user."""
    yield from lead_row(at, visitor, "open", at)
    key = ("crm_lead", _lead_id(visitor))
    yield link(at, visitor.person_id, key, "form")
    yield edge(at, visitor.person_id, key, ("email", visitor.emails[0]), "lead")
    yield edge(at, visitor.person_id, key, ("portal_user", visitor.portal_id), "lead")


def marketing_of_lead(wiring: Wiring, visitor: Visitor, at: datetime) -> Life:
    """What marketing writes down of a lead that was made at `at`."""
    chance = Chance(wiring.seed, "nurture", visitor.number)
    bought = visitor.moment_of("purchase")
    yield from _activity(at, visitor, "form_submitted", "trial-form")
    happened: list[tuple[datetime, str, str]] = []
    for asset, days in _MAILS.items():
        sent = at + timedelta(days=days)
        happened.append((sent, "email_sent", asset))
        if chance.happens(_OPENED):
            opened = sent + timedelta(milliseconds=int(chance.exponential(8 * 3_600_000)) + 60_000)
            happened.append((opened, "email_opened", asset))
            if chance.happens(_CLICKED):
                happened.append((opened + timedelta(seconds=30), "email_clicked", asset))
    if chance.happens(_WEBINAR):
        registered = at + timedelta(days=chance.whole(1, 12), hours=3)
        happened.append((registered, "webinar_registered", "tour-of-the-product"))
        if chance.happens(_ATTENDED):
            held = registered + timedelta(days=4)
            happened.append((held, "webinar_attended", "tour-of-the-product"))
    for moment, activity, asset in sorted(happened):
        if bought is None or moment < bought:
            yield from _activity(moment, visitor, activity, asset)


def _activity(at: datetime, visitor: Visitor, activity: str, asset: str) -> Life:
    row = {
        "email": visitor.emails[0],
        "activity": activity,
        "asset": asset,
        "campaign_id": "trial-nurture",
        "activity_at": text(at),
    }
    key = opaque("act", visitor.number, activity, asset)
    yield upsert(at, "marketing", "lead_activities", key, row)


def _lead_id(visitor: Visitor) -> str:
    return opaque("lead", visitor.person_id)
