"""Snake case as RudderStack writes it, and the schema a source's name asks for.

Pure, and without a warehouse: which words one reserves, and where it cuts a name off, is decided where its
tables are made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.events.source import Source

RESERVED_NAMESPACES = frozenset({"mainstem", "information_schema", "pg_catalog"})
"""Schemas that are no source's: the loader's own, and those every database has."""

_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")

_DIVIDED = re.compile(
    r"""\d*(?:1ST|2ND|3RD|[04-9]TH)(?![A-Z0-9])      # ordinals stay whole
      | \d*(?:1st|2nd|3rd|[04-9]th)(?![a-z0-9])
      | \d+
      | [A-Z]+(?![a-z])                             # an acronym, up to the next word's capital
      | [A-Z]?[a-z]+
      | [A-Z]+""",
    re.VERBOSE,
)
"""Words where digits stand alone: `omegaV2` is omega, V, 2."""

_ATTACHED = re.compile(
    r"""[A-Z]?[a-z]+\d+ | [A-Z]+\d+
      | \d+[A-Z]?[a-z]+ | \d+[A-Z]+
      | [A-Z]?[a-z]+
      | [A-Z]+(?=[A-Z][a-z])                        # an acronym, up to the next word's capital
      | [A-Z]+
      | \d+""",
    re.VERBOSE,
)
"""Words where digits belong to the letters before them, or else to those after them: `v2`, `9lives`. The
first form that fits is taken, so `0x1F` is 0x, 1F."""


def snake_case(name: str, *, divide_numbers: bool = False) -> str:
    """Lodash's snake case over ASCII; `divide_numbers` sets digits apart, as it did before 2023."""
    words = _DIVIDED if divide_numbers else _ATTACHED
    return "_".join(word.lower() for part in _SEPARATORS.split(name) for word in words.findall(part))


def full_name(source: Source) -> str:
    """What a schema is named after: the source's name, and its environment where that is not `prod`."""
    return source.name if source.environment == "prod" else f"{source.name} {source.environment}"


def asked_namespace(source: Source) -> str:
    """The schema that the settings of `source` ask for: the one it names, or its full name in snake case.

    "" where nothing of the name can stand in one.
    """
    return snake_case(full_name(source)) if source.namespace is None else source.namespace
