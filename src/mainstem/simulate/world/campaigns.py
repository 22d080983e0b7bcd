"""Where visits come from, what of it causes purchases, and what marketing pays for it.

Two campaigns make people buy more often; all others only bring people. Spending is a row a month and
campaign, in the marketing system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.crm import upsert
from mainstem.simulate.world.output import Life, Truth
from mainstem.simulate.world.timeline import moment

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.simulate.world.timeline import Calendar

CHANNELS = {"organic": 0.30, "ads": 0.22, "blog": 0.16, "docs": 0.12, "podcast": 0.12, "partner": 0.08}
"""Of visits that carry something; the rest is direct."""
EFFECTS = {"podcast": 1.0, "partner": 0.6}
"""What having seen it adds to the odds of buying, relative to not having."""
_REFERRERS = {
    "organic": "https://www.google.com/",
    "blog": "https://news.ycombinator.com/",
    "docs": "https://docs.example.com/",
    "partner": "https://partner.example.net/",
}
_CAMPAIGNS = {
    "ads": ("search-brand", "search-generic", "retargeting"),
    "podcast": ("devops-podcast",),
    "partner": ("partner-launch",),
}
_COST = {"search-brand": 900.0, "search-generic": 2_400.0, "retargeting": 700.0, "devops-podcast": 1_500.0}


def channel(chance: Chance, untagged: float) -> str:
    return "direct" if chance.happens(untagged) else chance.pick(CHANNELS)


def relative_odds(seen: set[str], visits: int, untagged: float) -> float:
    """The effect of what was seen over the average effect of so many visits: its mean over people is 1."""
    effect = average = 1.0
    for name, adds in EFFECTS.items():
        effect += adds * (name in seen)
        average += adds * (1.0 - (1.0 - (1.0 - untagged) * CHANNELS[name]) ** visits)
    return effect / average


def campaign_of(chance: Chance, name: str) -> str | None:
    """The campaign that brings a visit of a channel, where there are any."""
    return chance.one_of(_CAMPAIGNS[name]) if name in _CAMPAIGNS else None


def context_of(name: str, campaign: str | None) -> dict[str, Any]:
    """What a browser's context says of the visit's origin."""
    context: dict[str, Any] = {}
    if campaign:
        medium = {"ads": "cpc", "podcast": "audio", "partner": "referral"}[name]
        context["campaign"] = {"source": name, "medium": medium, "name": campaign}
    if name in _REFERRERS:
        context["referrer"] = _REFERRERS[name]
    return context


def marketing_life(seed: int, accounts: int, calendar: Calendar) -> Life:
    """Campaigns, then their cost of every month on the first of the next; money grows with the company."""
    yield from _campaigns(moment(calendar.first_day))
    month = 0
    while True:
        month += 1
        at = moment(calendar.day_after(month), 6 * 3600)
        spent_in = calendar.day_after(month - 1)
        for name, monthly in _COST.items():
            chance = Chance(seed, "cost", name, month)
            key = f"{name}:{spent_in:%Y-%m}"
            cost = round(monthly * max(1.0, accounts / 100) * chance.lognormal(1.0, 0.2), 2)
            row = {
                "campaign_id": name,
                "month": spent_in.isoformat(),
                "cost": cost,
                "currency": "USD",
            }
            yield upsert(at, "marketing", "campaign_costs", key, row)


def _campaigns(at: datetime) -> Life:
    for source, names in (*_CAMPAIGNS.items(), ("email", ("trial-nurture",))):
        for name in names:
            row = {"name": name, "channel": source, "status": "active"}
            yield upsert(at, "marketing", "campaigns", name, row)
            effect = {"campaign_id": name, "adds_to_odds": EFFECTS.get(source, 0.0)}
            yield at, Truth(at, "campaign_effects", effect)
