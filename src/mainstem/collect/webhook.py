"""Events from services that know no SDK: whatever they send becomes the properties of one event.

The event is the one RudderStack's webhook source makes: a `track` named `webhook_source_event`, of a new
anonymous person. Only a source that says it is a webhook takes them, so that a key which stands in some web
page cannot be used to store just anything.
"""

from __future__ import annotations

from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from mainstem.collect.body import NOT_JSON, read_body
from mainstem.collect.replies import (
    BAD_FORM,
    BAD_MULTIPART,
    INVALID_JSON,
    NO_QUERY_KEY,
    NOT_A_WEBHOOK,
    OK,
    TOO_LARGE,
)
from mainstem.collect.request import Outcome, Request
from mainstem.collect.sender import MAX_QUERY_FIELDS, header_key, query_key, sender_by_key
from mainstem.collect.sources import SourceTable, basic_authorization
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.collect.request import Route
    from mainstem.events import Source

PATH = "/v1/webhook"
EVENT = "webhook_source_event"
MAX_FORM_FIELDS = 1000
MAX_MULTIPART_BYTES = 512 * 1024
"""The parser walks line by line: 0.3 s at worst for so many bytes, and everybody else waits."""


class Webhook(msgspec.Struct, frozen=True):
    """What the route needs: who sends, what stores a batch, and ids for people nobody knows."""

    sources: SourceTable
    batch: Callable[[Request], Outcome]
    new_id: Callable[[], str]
    max_body_bytes: int
    max_events: int

    def routes(self) -> Iterator[Route]:
        yield b"GET", PATH, self._answer
        yield b"POST", PATH, self._answer

    def _answer(self, request: Request) -> Outcome:
        key = query_key(request.query) or header_key(request.headers.get(b"authorization", b""))
        if key is None:
            raise EventRejected(401, NO_QUERY_KEY)
        if not accepts_webhooks(sender_by_key(self.sources, key).source):
            raise EventRejected(404, NOT_A_WEBHOOK)
        if request.method == b"HEAD":  # some services ask whether anybody is there before they send
            return OK
        asked = {name: value for name, value in query_fields(request.query).items() if name != "writeKey"}
        payload: object = asked
        context: dict[str, Any] = {}
        if request.method == b"POST":
            payload = payload_of(request, self.max_body_bytes)
            context = {"query_parameters": asked} if asked else {}
        items = payload if isinstance(payload, list) else [payload]
        if len(items) > self.max_events:
            raise EventRejected(413, TOO_LARGE)
        body = msgspec.json.encode({"batch": [self._event(item, context) for item in items]})
        if len(body) > self.max_body_bytes:
            raise EventRejected(413, TOO_LARGE)
        headers = {name: value for name, value in request.headers.items() if name != b"content-encoding"}
        headers[b"authorization"] = basic_authorization(key)
        return self.batch(
            msgspec.structs.replace(
                request,
                method=b"POST",
                path=b"/v1/batch",
                query=b"",
                headers=headers,
                body=body,
                made_of=request,
            )
        )

    def _event(self, item: object, context: dict[str, Any]) -> dict[str, Any]:
        event: dict[str, Any] = {
            "type": "track",
            "event": EVENT,
            "anonymousId": self.new_id(),
            "properties": item if isinstance(item, dict) else {"value": item},
        }
        return event | {"context": context} if context else event


def accepts_webhooks(source: Source) -> bool:
    return source.category == "webhook" or source.type.lower() == "webhook"


def query_fields(query: bytes) -> dict[str, Any]:
    """Raises EventRejected 400 where the query has too many fields."""
    return _form_fields(query, MAX_QUERY_FIELDS)


def payload_of(request: Request, limit: int) -> object:
    """What a POST holds: JSON, or the fields of a form; nothing is an empty object.

    A form is told by its Content-Type, for its text could be anything; whatever else comes is read as JSON.
    Raises EventRejected as `read_body`, and 400 for what cannot be read.
    """
    if not request.body:
        return {}
    body = read_body(request.headers, request.body, limit)
    content_type = request.headers.get(b"content-type", b"")
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == b"application/x-www-form-urlencoded":
        return _form_fields(body, MAX_FORM_FIELDS)
    if kind == b"multipart/form-data":
        return _multipart_fields(content_type, body)
    try:
        return msgspec.json.decode(body)
    except NOT_JSON as e:
        raise EventRejected(400, INVALID_JSON) from e


def _form_fields(text: bytes, most: int) -> dict[str, Any]:
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=most)
    except ValueError as e:
        raise EventRejected(400, BAD_FORM) from e
    return _gathered(pairs)


def _multipart_fields(content_type: bytes, body: bytes) -> dict[str, Any]:
    """The text fields; of a file only its name is kept."""
    if len(body) > MAX_MULTIPART_BYTES:
        raise EventRejected(413, TOO_LARGE)
    if body.count(b"\n--") > MAX_FORM_FIELDS:  # 65,536 parts would take 7 s
        raise EventRejected(400, BAD_MULTIPART)
    whole = b"Content-Type: " + content_type + b"\r\n\r\n" + body
    message = BytesParser(policy=policy.HTTP).parsebytes(whole)
    if not message.is_multipart() or message.defects:
        raise EventRejected(400, BAD_MULTIPART)
    pairs: list[tuple[str, str]] = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str) or part.is_multipart():
            raise EventRejected(400, BAD_MULTIPART)
        value = part.get_filename()
        if value is None:
            value = bytes(part.get_payload(decode=True)).decode("utf-8", "replace")
        pairs.append((name, value))
    return _gathered(pairs)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A field that comes once is its text, one that comes again a list."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
