"""Serve routes under other names too: ad blockers know the usual paths and stop what is sent to them.

The names are worked out once, when the routes are: a request costs the same look-up under any of them.
An alias never hides a route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.collect.request import Route

API = "/v1/"
"""The prefix that Segment's browser SDK is told another name of."""


def with_aliases(routes: Iterable[Route], aliases: Mapping[str, str]) -> Iterator[Route]:
    """Every route, and each whose path begins with an alias's target again under the alias.

    `aliases` are alias → target, both with a slash at either end.
    """
    known = list(routes)
    yield from known
    taken = {(method, path) for method, path, _ in known}
    for alias, target in aliases.items():
        for method, path, answer in known:
            other = alias + path.removeprefix(target)
            if path.startswith(target) and (method, other) not in taken:
                yield method, other, answer


def api_path(aliases: Mapping[str, str]) -> str:
    """Where browsers should send events: `/v1/` under its first alias, if it has one; no slash behind it."""
    others = (alias + API.removeprefix(target) for alias, target in aliases.items() if API.startswith(target))
    return next(others, API).rstrip("/")


def misspelt(aliases: Mapping[str, str]) -> str | None:
    """What is wrong with the first alias that is not valid; None when all are."""
    for alias, target in aliases.items():
        for path in (alias, target):
            if not (path.startswith("/") and path.endswith("/") and path.isascii() and path.isprintable()):
                return f"{path!r} is no path prefix"
            if any(character in path for character in "?# %") or "//" in path:
                return f"{path!r} has characters that stand in no path prefix"
    return None
