"""Generated events: what a product's SDK sends, the same for the same seed.

Ten names; about 45 columns each once they are rows; in one of a hundred events a number comes as a text,
which its column cannot take; now and then a property nobody has sent before. About 1.2 KB of JSON.
"""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.wrk import PostedBody
from mainstem.events import Received, encode_received, format_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAMES = (
    "Order Completed", "Product Viewed", "Product Added", "Cart Viewed", "Checkout Started",
    "Payment Info Entered", "Coupon Applied", "Message Sent", "Search Performed", "Signup Finished",
)  # fmt: skip
CONFLICTS = 0.01
NEW_PROPERTY_EVERY = 5_000
"""Events between two that bring a property nobody sent before."""
_SINGLE_BYTES = 1024
_UNDERWAY = timedelta(milliseconds=80)
"""From an event to its arrival at the gateway."""
_CITIES = ("Berlin", "Kraków", "Lisbon", "Nairobi", "Osaka", "Quito", "Toronto", "Łódź")
_encode = msgspec.json.Encoder().encode


def generated(seed: int, count: int, names: Sequence[str] = NAMES) -> Iterator[dict[str, Any]]:
    """`count` track events, their message ids distinct for distinct seeds."""
    chance = random.Random(seed)  # noqa: S311 # test data, and the same for the same seed
    for number in range(count):
        yield _event(chance, names, f"{seed:08d}-{number:010d}", _moment(seed, number))


def records(seed: int, count: int, source_id: str) -> Iterator[bytes]:
    """The same events as the gateway keeps them in the log."""
    for number, event in enumerate(generated(seed, count)):
        received_at = format_time(_moment(seed, number) + _UNDERWAY)
        yield encode_received(
            Received(received_at, "203.0.113.7", source_id, msgspec.Raw(_encode(event)), None, None)
        )


def single_request(write_key: str) -> PostedBody:
    """One event of 1 KB, as an SDK sends it."""
    event = next(generated(0, 1))
    event["properties"]["note"] = ""
    short = _SINGLE_BYTES - len(_encode(event))
    if short < 0:  # the context may take more than a KB: a short one then
        event["context"] = {"library": event["context"]["library"]}
        short = _SINGLE_BYTES - len(_encode(event))
    event["properties"]["note"] = "x" * short
    return PostedBody("/v1/track", _encode(event), headers_for(write_key))


def batch_request(write_key: str, events: int) -> PostedBody:
    """A batch of `events` different events."""
    body = _encode({"batch": list(generated(1, events)), "sentAt": "2026-01-01T00:00:00.000Z"})
    return PostedBody("/v1/batch", body, headers_for(write_key))


def headers_for(write_key: str) -> dict[str, str]:
    key = base64.b64encode(f"{write_key}:".encode()).decode()
    return {"Authorization": f"Basic {key}", "Content-Type": "application/json"}


def _moment(seed: int, number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seed, milliseconds=37 * number)


def _event(chance: random.Random, names: Sequence[str], number: str, moment: datetime) -> dict[str, Any]:
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    user = chance.randrange(50_000)
    return {
        "type": "track",
        "messageId": f"bench-{number}",
        "anonymousId": f"4b1c8a52-6a7e-4c39-9d0e-{user:012d}",
        "userId": f"user-{user}",
        "event": chance.choice(names),
        "channel": "web",
        "originalTimestamp": stamp,
        "sentAt": stamp,
        "timestamp": stamp,
        "context": _context(chance, user),
        "properties": _properties(chance, number),
    }


def _context(chance: random.Random, user: int) -> dict[str, Any]:
    return {
        "ip": f"203.0.113.{user % 256}",
        "locale": "en-GB",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
        "timezone": "Europe/Berlin",
        "app": {"name": "shop", "version": f"4.{chance.randrange(12)}.1", "build": "4121"},
        "library": {"name": "analytics-js", "version": "3.11.2"},
        "os": {"name": "Linux", "version": "6.1"},
        "device": {"type": "desktop", "model": "unknown"},
        "screen": {"width": 1920, "height": 1080, "density": 1},
        "page": {
            "path": f"/products/{chance.randrange(900)}",
            "referrer": "https://www.example.org/",
            "title": "Products",
            "url": f"https://shop.example.com/products/{user}",
        },
        "campaign": {"name": "spring", "source": "newsletter", "medium": "email"},
    }


def _properties(chance: random.Random, number: str) -> dict[str, Any]:
    price = round(chance.uniform(1, 500), 2)
    found: dict[str, Any] = {
        "order_id": f"order-{chance.randrange(10**9)}",
        "price": price + 0.001,  # never whole: a whole number would make a column of integers
        "quantity": chance.randrange(1, 9) if chance.random() >= CONFLICTS else "several",
        "currency": "EUR",
        "is_member": chance.random() < 0.5,
        "city": chance.choice(_CITIES),
        "category": f"category-{chance.randrange(40)}",
        "variant": f"v{chance.randrange(5)}",
        "position": chance.randrange(100),
        "delivered_at": "2026-02-03T04:05:06.789Z",
        "tags": ["new", "sale"],
        "seller": {"id": chance.randrange(2_000), "rating": round(chance.uniform(1, 5), 1) + 0.01},
    }
    order = int(number.rpartition("-")[2])
    if order and order % NEW_PROPERTY_EVERY == 0:
        found[f"added_{number.replace('-', '_')}"] = order
    return found
