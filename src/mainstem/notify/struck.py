"""Text that is fit to leave: without secrets, and log lines also without personal data.

Promise: no value of a `Secret` that this process made, and nothing that looks like a password, stands in what
is returned. It would rather strike too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from mainstem.config import Secret, redact
from mainstem.privacy.text import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_PIECE = 4
"""Characters. Shorter parts of an address would strike half of every text."""


def secrets_struck(text: str) -> str:
    return redact(text)


def personal_data_masked(lines: Iterable[str]) -> list[str]:
    """E-mail and card numbers, phone numbers and tokens become `[email]` …: a program's log may hold them,
    and a chat is no place for them."""
    masking = Redaction({"email": "mask", "card": "mask", "phone": "mask", "token": "mask"})
    return [masking.clean(line) or "" for line in lines]


def address_kept_secret(url: str) -> Secret:
    """The whole of it is one, and so is each part that a server may repeat: user, password, token, key.

    A host with a dot, or `localhost`, is none: it stands in every error about the network.
    """
    _, _, rest = url.partition("://")
    for piece in _pieces(rest):
        if len(piece) >= SHORTEST_PIECE and not _is_host(piece):
            Secret(piece)
            Secret(unquote(piece))
    return Secret(url)


def _pieces(text: str) -> list[str]:
    for sign in "/?&=#@:,;":
        text = text.replace(sign, "\n")
    return [piece for piece in text.split("\n") if piece]


def _is_host(piece: str) -> bool:
    return "." in piece or piece == "localhost" or piece.isdigit()
