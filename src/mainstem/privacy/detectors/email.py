"""E-mail addresses in any text. It looks around each `@`, so that its cost grows with the text's length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 255

_LOCAL_REVERSED = re.compile(r"""[^\s@<>()\[\]{}"'`,;:/\\?&#=|*]+""")
_QUOTED_REVERSED = re.compile(r'"[^"\r\n]+"')
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?:[^\W\d_](?:[\w-]{{0,61}}[^\W_])?)")

NAMES = frozenset({"mail", "emails", "emailaddresses", "mailaddress"})
NAME_ENDINGS = ("email", "emailaddress")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each address, from left to right, none of them overlapping."""
    after = 0
    at = text.find("@")
    while at != -1:
        domain = _DOMAIN.match(text, at + 1, at + 1 + _LONGEST_DOMAIN)
        if domain is not None and _is_domain(domain.group()):
            begin = at - _local_length(text[max(after, at - _LONGEST_LOCAL - 2) : at])
            if begin < at:
                yield begin, domain.end()
                after = domain.end()
        at = text.find("@", max(at + 1, after))


def is_email(text: str) -> bool:
    """Whether the whole of `text` is one address."""
    return next(spans(text), None) == (0, len(text))


def is_name(name: str) -> bool:
    """Whether a property of this bare name holds an address."""
    return name in NAMES or name.endswith(NAME_ENDINGS)


def _local_length(before: str) -> int:
    backwards = before[::-1]
    pattern = _QUOTED_REVERSED if backwards.startswith('"') else _LOCAL_REVERSED
    found = pattern.match(backwards)
    return found.end() if found else 0


def _is_domain(domain: str) -> bool:
    """Not a version: `react@18.x`, `tool@1.2.beta`. But `163.com` is one."""
    *labels, last = domain.split(".")
    numbers = sum(label.isdigit() for label in labels)
    return numbers == 0 or (numbers == 1 and len(last) > 1)
