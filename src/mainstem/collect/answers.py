"""The routes that keep nothing: what browsers ask before they send, and what operators ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from mainstem import __version__
from mainstem.collect.aliases import API
from mainstem.collect.browser import segment_settings, source_config
from mainstem.collect.hosted import HostedFile, hosted_routes
from mainstem.collect.replies import INVALID_KEY, NO_HEADER_KEY, Reply, json_reply, make_reply
from mainstem.collect.request import Route
from mainstem.collect.sender import key_outside_body, sender_by_key
from mainstem.collect.server_cookies import cookie_routes
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.collect.request import Answer, Outcome, Request
    from mainstem.collect.sources import SourceTable


class Answers(msgspec.Struct, frozen=True):
    """What those routes need to know. `routes` is asked again whenever the sources change."""

    public_url: str | None
    """URL that browsers reach this gateway under; None takes the request's own `Host`."""
    updated_at: str
    """RFC 3339; browsers are told that the sources are as old as this."""
    health: Callable[[], Reply]
    api_path: str = API.rstrip("/")
    """Under which browsers are told to send."""
    files: tuple[HostedFile, ...] = ()
    more: tuple[Route, ...] = ()
    """Of those who run beside the gateway."""

    def routes(self, sources: SourceTable) -> Iterator[Route]:
        config = partial(self._source_config, sources)
        yield b"GET", "/sourceConfig", config
        yield b"GET", "/sourceConfig/", config
        for key in sources.by_key:
            path = f"/v1/projects/{quote(key, safe='')}/settings"
            yield b"GET", path, partial(self._segment_settings, sources, key)
        yield from cookie_routes(sources)
        yield from hosted_routes(self.files)
        for path in ("/health", "/"):
            yield b"GET", path, lambda _: self.health()
        yield from self.more
        yield b"GET", "/version", _constant(json_reply({"Version": __version__}))
        yield b"GET", "/robots.txt", _constant(make_reply(200, b"User-agent: *\nDisallow: /\n"))

    def _source_config(self, sources: SourceTable, request: Request) -> Outcome:
        key = key_outside_body(request.headers, request.query)
        if key is None:
            raise EventRejected(401, NO_HEADER_KEY)
        source = sources.by_key.get(key)
        if source is None:
            raise EventRejected(401, INVALID_KEY)
        return json_reply(source_config(source.source, key, self.updated_at))

    def _segment_settings(self, sources: SourceTable, key: str, request: Request) -> Outcome:
        sender_by_key(sources, key)
        return json_reply(segment_settings(key, self.public_url, request.headers, self.api_path))


def _constant(reply: Reply) -> Answer:
    return lambda _: reply
