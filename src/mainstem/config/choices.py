"""The words that may stand where a wrong one was written, so that an error can name them.

It follows the path that msgspec gives (`$.consent.gpc`, `$[0]`) through the type; where it cannot, nothing is
named rather than something wrong.
"""

from __future__ import annotations

import re
from typing import Any

_AT = re.compile(r" - at (`key` in )?`\$([^`]*)`$")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\.\.\.|\d+)\]")


def choices_at(kind: Any, problem: str) -> tuple[str, ...]:
    """Of `kind`, at the place that the text of a ValidationError names; () where it is not about words."""
    if not problem.startswith("Invalid enum value"):
        return ()
    from msgspec import inspect  # only an error needs it

    found = _AT.search(problem)
    is_key, path = (bool(found.group(1)), found.group(2)) if found else (False, "")
    kinds = _unfolded(inspect.type_info(kind))
    for name, index in _STEP.findall(path):
        kinds = [one for outer in kinds for one in _unfolded(_inside(outer, name, index))]
    if is_key:
        kinds = [one.key_type for one in kinds if isinstance(one, inspect.DictType)]
    words = [word for one in kinds if isinstance(one, inspect.LiteralType) for word in one.values]
    return tuple(str(word) for word in words)


def _unfolded(kind: Any) -> list[Any]:
    """The kinds of a union; else the one."""
    return list(getattr(kind, "types", (kind,)))


def _inside(kind: Any, name: str, index: str) -> Any:
    """What stands at a field; without its name, at an index of a list, or, for `...`, at a key."""
    if name:
        fields = getattr(kind, "fields", ())
        return next((field.type for field in fields if field.encode_name == name), None)
    return getattr(kind, "value_type" if index == "..." else "item_type", None)
