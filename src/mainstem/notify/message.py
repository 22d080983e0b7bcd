"""What people are told: a title and some lines of plain text, short enough for every place.

Promise: what is too long loses its middle, and says so. A message is made only of text that is fit to leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mainstem.notify.struck import secrets_struck

Level = Literal["failure", "warning", "success", "info"]

LONGEST_TITLE = 200
LONGEST_BODY = 3500
"""Characters. Slack and Mattermost cut at 4,000."""


@dataclass(frozen=True)
class Message:
    """With every secret struck that this process knows of, whoever makes it."""

    title: str
    body: str
    level: Level = "info"

    def __post_init__(self) -> None:
        title = " ".join(secrets_struck(self.title).split())
        object.__setattr__(self, "title", shortened(title, LONGEST_TITLE))
        object.__setattr__(self, "body", shortened(secrets_struck(self.body), LONGEST_BODY))


def shortened(text: str, longest: int) -> str:
    """Its beginning and its end, where it is longer: the end of a log is what was last said."""
    if len(text) <= longest:
        return text
    left_out = f" … {len(text) - longest} characters left out … "
    head = (longest - len(left_out)) // 3
    tail = longest - len(left_out) - head
    return text[:head] + left_out + text[-tail:]
