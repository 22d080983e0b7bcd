"""Sending messages, one a request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mainstem.activate.contract import Destination, Op, Powers, Refusal, Result, Trouble
from mainstem.activate.shapes import AnyFields, Shape, Value
from mainstem.errors import ApiRefused, ConfigError, CredentialsRefused, UsageError
from mainstem.saas import ApiSession, Finding, Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from mainstem.activate.contract import Batch, Target
    from mainstem.activate.destinations.chat.settings import ChatSettings
    from mainstem.activate.kind import Opening
    from mainstem.saas import Usage

TEXT = "text"
DEFAULT = "message"
"""The object that names no channel."""
_A_SECOND = 1
"""Messages that an incoming webhook takes a second (Slack's limit)."""


def open_chat(opening: Opening) -> Destination:
    """Raises ConfigError for a webhook that is none."""
    settings: ChatSettings = opening.settings
    where = f"[destinations.{opening.name}] url"
    if settings.url is None:
        raise ConfigError(where, "lacks the address of the incoming webhook", "env:NAME or file:PATH")
    parts = urlsplit(settings.url.reveal())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(where, "is no address", "https://…/hooks/… of an incoming webhook")
    account = opening.account(f"chat:{parts.netloc}", Limit("second", _A_SECOND, 1.0))
    session = opening.session(f"{parts.scheme}://{parts.netloc}", account)
    return Chat(session, parts.path, settings.username)


class Chat(Destination):
    def __init__(self, session: ApiSession, path: str, username: str) -> None:
        """`path` is the webhook's, a secret."""
        self._session = session
        self._path = path
        self._username = username

    @property
    def powers(self) -> Powers:
        return Powers(reads=False, has_key=False, ops=frozenset({Op.CREATE}))

    def check(self) -> Sequence[Finding]:
        """Whether the host answers. A message alone would show more, and would be read by people."""
        try:
            self._session.get("/")
        except (ApiRefused, CredentialsRefused) as e:
            return [Finding("address", True, f"its host answers: {type(e).__name__}")]
        return [Finding("address", True, "its host answers")]

    def shape(self, name: str) -> Shape:
        return Shape(name=name, fields=AnyFields(), can_update=False, can_delete=False)

    def read(
        self, shape: Shape, match: str, keys: Collection[str], fields: Collection[str]
    ) -> Iterator[Target]:
        raise UsageError("a message cannot be read")

    def largest(self, op: Op, rows: int) -> int:
        return 1

    def write(self, batch: Batch, note: Callable[[str], None]) -> Sequence[Result]:
        (write,) = batch.writes
        body = {"text": text_of(write.values)}
        if batch.object != DEFAULT:
            body["channel"] = batch.object
        if self._username:
            body["username"] = self._username
        try:
            self._session.post(self._path, json=body)
        except (ApiRefused, CredentialsRefused) as e:
            status = e.status if isinstance(e, ApiRefused) else 403
            why = f"the webhook refused the message with {status}"  # its own words would show the address
            trouble = Trouble.RIGHTS if status in (401, 403, 404) else Trouble.DATA
            return [Result(write.number, refusal=Refusal(trouble, f"HTTP {status}", why))]
        return [Result(write.number, write.key)]

    @property
    def usage(self) -> Usage:
        return self._session.usage

    def close(self) -> None:
        self._session.close()


def text_of(values: Mapping[str, Value]) -> str:
    """A message: its text, and a line for each other field that says something, by name."""
    lines = [str(values.get(TEXT) or "")]
    lines += [
        f"{name}: {value}" for name, value in sorted(values.items()) if name != TEXT and value is not None
    ]
    return "\n".join(line for line in lines if line)
