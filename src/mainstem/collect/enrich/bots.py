"""Tell events of crawlers from those of people, by the user agent they admit to.

The names are those of the package `crawler-user-agents`, kept by the people who meet them, and any name
that says bot, crawler or spider, as RudderStack takes it. It finds nobody who pretends to be a browser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.collect.enrich.context import context_of
from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.events import Sending, Step, Verdict

_CHUNK = 25  # one pattern of all 1,500 is ten times slower than sixty of 25 each
_REMEMBERED = 8192
_LONGEST = 1024
_TELLING = re.compile(r"[\w.-]*(?:(?<!cu)bot|crawler|spider)[\w.-]*", re.IGNORECASE)
"""Cubot makes telephones."""


class Bot(msgspec.Struct, frozen=True, omit_defaults=True):
    """`context.bot` of an event."""

    name: str
    url: str | None = None


class _Known(msgspec.Struct, frozen=True):
    pattern: str
    url: str | None = None


class Bots:
    """A finder of bots; what it has found once it remembers."""

    def __init__(self, known: Iterable[_Known] | None = None) -> None:
        self._known = tuple(_published() if known is None else known)
        self._chunks = [
            (re.compile("|".join(entry.pattern for entry in chunk)), chunk)
            for chunk in (self._known[at : at + _CHUNK] for at in range(0, len(self._known), _CHUNK))
        ]
        self.find = lru_cache(_REMEMBERED)(self._find)

    def _find(self, user_agent: str) -> Bot | None:
        agent = user_agent[:_LONGEST]
        for any_of_chunk, chunk in self._chunks:
            if any_of_chunk.search(agent):
                return next(bot for entry in chunk if (bot := _named(entry, agent)))
        telling = _TELLING.search(agent)
        return None if telling is None else Bot(telling[0].strip(".-"))


def _named(entry: _Known, agent: str) -> Bot | None:
    found = re.search(entry.pattern, agent)
    return None if found is None else Bot(found[0].strip(" /;()-"), entry.url)


def _published() -> list[_Known]:
    # Importing the package would keep an example of every name: 4 MB of a worker's 40.
    spec = find_spec("crawleruseragents")
    if spec is None or spec.origin is None:
        raise EnvironmentFailure("the package crawler-user-agents is missing: install Mainstem again")
    text = Path(spec.origin).with_name("crawler-user-agents.json").read_bytes()
    return msgspec.json.decode(text, type=list[_Known])


def bot_step(bots: Bots) -> Step:
    """Sets `context.isBot` and `context.bot` where a bot sent the event; people's events stay as they are."""

    def step(event: dict[str, Any], sending: Sending) -> Verdict:
        bot = bots.find(_user_agent(event, sending.headers))
        context = None if bot is None else context_of(event)
        if bot is not None and context is not None:
            context["isBot"] = True
            context["bot"] = msgspec.to_builtins(bot)
        return None

    return step


def _user_agent(event: dict[str, Any], headers: Mapping[bytes, bytes]) -> str:
    """The event's own; the request's only where a browser made it, since a server's says nothing about
    the person that its events are about."""
    context = event.get("context")
    stated = context.get("userAgent") if isinstance(context, dict) else None
    if isinstance(stated, str) and stated:
        return stated
    by_browser = event.get("channel") == "web" or b"origin" in headers
    return headers.get(b"user-agent", b"").decode("latin-1") if by_browser else ""
