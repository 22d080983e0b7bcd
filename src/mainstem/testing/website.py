"""A small website as a property of Google Analytics counts it: visits a day, a key to enter by."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mainstem.simulate.saas.ga4.visits import DIRECT, Origin
from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.simulate.saas.ga4 import Ga4Service
    from mainstem.simulate.saas.ga4.visits import Site

ADS = Origin("ads", "cpc", "search-brand")
SEARCH = Origin("google", "organic", "(organic)")
ORIGINS = (DIRECT, ADS, SEARCH, DIRECT, SEARCH)
PAGES = ("/", "/pricing", "/docs", "/blog/one")
ACCOUNT = "etl@acme.iam.gserviceaccount.example"


def website(site: Site, days: int, visitors: int = 5, begins: datetime = NOON) -> None:
    """So many people each day, the first `days` days before `begins`; each looks at two or three pages."""
    for day in range(days):
        at = begins - timedelta(days=days - day)
        for number in range(visitors):
            visit(site, f"visitor {(day * 3 + number) % (visitors + 4)}", at, number + day)


def visit(site: Site, person: str, at: datetime, number: int) -> None:
    """Of one person; what they look at goes by `number`."""
    origin = ORIGINS[number % len(ORIGINS)]
    for step in range(2 + number % 2):
        path = PAGES[(number + step) % len(PAGES)]
        site.count(person, at + timedelta(minutes=number + 3 * step), path=path, title=path, origin=origin)
    if number % 3 == 0:
        at += timedelta(minutes=number + 9)
        site.count(person, at, "trial_started", "/trial", "Trial", origin)


def service_account(service: Ga4Service, token_uri: str = "https://oauth2.googleapis.com/token") -> str:  # noqa: S107 # an address
    """The key of a service account that the property lets in, as Google's file has it."""
    private, public = key_pair()
    service.door.accounts[ACCOUNT] = public
    key = {
        "type": "service_account",
        "client_email": ACCOUNT,
        "private_key_id": "1",
        "private_key": private,
        "token_uri": token_uri,
    }
    return msgspec.json.encode(key).decode()


@cache
def key_pair() -> tuple[str, str]:
    """A private key and its public one, as PEM; the same each time, since making one takes a while."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
