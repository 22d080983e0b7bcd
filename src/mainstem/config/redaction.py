"""Strike secrets out of text that is about to be shown or kept.

Promise: no value of a `Secret` stands in what `redact` returns, however it was quoted, nor a URL's
password, nor the value of an Authorization or Cookie header. It would rather strike too much. Write keys
are no secret (browsers carry them) and stay.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from mainstem.config.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

STRUCK = "***"

_PASSWORD_IN_URL = re.compile(r"""(\b[a-z][a-z0-9+.-]*://[^\s/?#:@]*:)[^\s/?#]*@""", re.IGNORECASE)
_VALUE = r"""("[^"\r\n]*"|'[^'\r\n]*'|[^\r\n]*)"""
_HEADER = re.compile(
    # `Authorization: …`, {"authorization": "…"}, (b'authorization', b'…')
    r"""\b((?:proxy-)?authorization|(?:set-)?cookie)([\\"']*\s*(?:[:=]|(?<=["']),)\s*b?)""" + _VALUE,
    re.IGNORECASE,
)
_NAME = r"""(?:\w*(?:password|passwd|secret|token|api_?key))"""
_ASSIGNED = re.compile(
    # password=…, {"password": "…"}, PASSWORD '…'
    rf"""\b({_NAME}\s*=\s*|{_NAME}[\\"']+\s*:\s*|password\s+(?='))("[^"\r\n]*"|'[^'\r\n]*'|[^\s,;&)}}\]]+)""",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """`text` with every secret replaced by `***`."""
    values = Secret.values()
    if values:
        text = _any_of(values).sub(STRUCK, text)
    text = _PASSWORD_IN_URL.sub(rf"\1{STRUCK}@", text)
    text = _HEADER.sub(rf"\1\2{STRUCK}", text)
    return _ASSIGNED.sub(rf"\1{STRUCK}", text)


@lru_cache(maxsize=1)
def _any_of(values: frozenset[str]) -> re.Pattern[str]:
    """The longest first: a secret may begin with another."""
    return re.compile("|".join(map(re.escape, spellings_of(values))) or r"(?!)")


def spellings_of(values: Iterable[str]) -> list[str]:
    """Every way in which text may hold one of `values`, the longest first; for those who strike elsewhere."""
    found = {spelling for value in values for spelling in _spellings(value) if spelling.strip()}
    return sorted(found, key=lambda spelling: (-len(spelling), spelling))


def _spellings(value: str) -> list[str]:
    """A value as URLs, Python's repr and JSON write it; text of several lines also line by line."""
    written = [value, quote(value, errors="replace"), quote_plus(value, errors="replace")]
    written += [quote(value, safe="", errors="replace")]
    written += [repr(value)[1:-1], repr('"' + value)[2:-1]]  # a quote is escaped where the other is near
    written += [json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]]
    return written + [line for line in value.splitlines() if len(line.strip()) >= 8]
