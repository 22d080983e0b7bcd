"""Placeholders in a declaration: `{parameters.NAME}`, `{resources.NAME.FIELD}`, `{secrets.NAME}`, and
`{incremental.start_value}` as dlt has it. Pure.

A text that is one placeholder and nothing else becomes its value as it is; within other text, its text.
`{{` and `}}` stand for braces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mainstem.connectors.rest.values_at import MISSING, value_at
from mainstem.errors import ApiRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
ROOTS = ("parameters", "resources", "secrets", "incremental")


def placeholders(value: Any) -> Iterator[str]:
    """What stands between braces, anywhere in a value of texts, lists and mappings."""
    if isinstance(value, str):
        for found in _PLACEHOLDER.finditer(value):
            if found.group(1) is not None:
                yield found.group(1)
    elif isinstance(value, dict):
        for one in value.values():
            yield from placeholders(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from placeholders(one)


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """`value` with every placeholder in its place. Raises ApiRefused for a field that a row lacks."""
    if isinstance(value, dict):
        return {name: filled(one, known) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [filled(one, known) for one in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole is not None and whole.group(1) is not None:
        return _known(whole.group(1), known)

    def text(found: re.Match[str]) -> str:
        return found.group()[0] if found.group(1) is None else str(_known(found.group(1), known))

    return _PLACEHOLDER.sub(text, value)


def _known(name: str, known: Mapping[str, Any]) -> Any:
    found = value_at(known, tuple(name.split(".")))
    if found is MISSING or found is None:
        raise ApiRefused(f"{{{name}}} has no value here", 200)
    return found
