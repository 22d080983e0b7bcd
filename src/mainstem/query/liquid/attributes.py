"""User attributes without a value, where they are an operand of SQL by themselves.

`f({{ _user_attributes['team'] }}, 'x')` has NULL there for somebody without a team: such a condition lets
nothing through, where empty text would be no SQL at all. In quotes, or as part of a name, nothing is put in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

_ATTRIBUTE = re.compile(r"\{\{-?\s*_user_attributes\[\s*(['\"])([^'\"]+)\1\s*\]\s*-?\}\}")
_BEFORE = tuple("(,=<>")
_AFTER = ("", *"),;")


def nulls_for_missing(text: str, known: Container[str]) -> str:
    def put(match: re.Match[str]) -> str:
        before, after = text[: match.start()], text[match.end() :]
        alone = before.rstrip().endswith(_BEFORE) and after.lstrip()[:1] in _AFTER
        quoted = _ATTRIBUTE.sub("", before).count("'") % 2
        return match[0] if match[2] in known or quoted or not alone else "NULL"

    return _ATTRIBUTE.sub(put, text)
