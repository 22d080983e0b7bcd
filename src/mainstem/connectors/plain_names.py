"""Names of tables and columns of databases and files as the warehouse has them: lower case, letters and _.

`createdAt` is `created_at`, `Order ID` is `order_id`; a name that is plain already stays. Two that would be
one are refused, because one would hide the other. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^a-z0-9_]+")
_OURS = re.compile(r"_key|_file|_line|_modified|_fivetran_.*")


def plain_name(name: str) -> str:
    """Empty for a name without a letter or digit."""
    found = _OTHER.sub("_", _HUMPS.sub("_", name.strip()).lower())
    if found != name:
        found = re.sub("_+", "_", found).strip("_") or ("_" if name.strip() else "")
    if found[:1].isdigit() or _OURS.fullmatch(found):
        found = f"_{found}" if found[:1].isdigit() else f"{found}_"
    return found


def plain_names(names: Iterable[str]) -> dict[str, str]:
    """By name. Raises ValueError, which tells both, where two would be one."""
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in names:
        plain = plain_name(name)
        other = taken.setdefault(plain, name)
        if other != name:
            raise ValueError(f"{other!r} and {name!r} would both be {plain}")
        found[name] = plain
    return found
