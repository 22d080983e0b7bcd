"""From nested objects to columns, by RudderStack's rules of nesting.

Objects become columns joined with `_` at any depth; arrays stay whole; empty values vanish. Only for
sources of category `cloud` nesting ends at the third level, and what lies deeper is kept as JSON text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.errors import TransformRejected
from mainstem.load.schema.values import is_blank, json_text, typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.load.schema.rules import Rules

_MOST_COLUMNS = 1600
_CLOUD_LEVELS = 3
_CONTEXT_TRAITS = "context_traits_"
_DEEPEST = 200
"""Levels of nesting that are flattened; deeper ones are kept as JSON text. Guards the stack."""
_LONGEST_POSITION = 10
"""Digits of the last position a text may have; longer keys are names. Python reads no number past 4,300."""


class Cells:
    """Columns and values of a row being made. `reserved` are the columns that no property reaches."""

    def __init__(self, rules: Rules, event_type: str, reserved: frozenset[str]) -> None:
        self.rules = rules
        self.event_type = event_type
        self.columns: dict[str, str] = {}
        self.data: dict[str, Any] = {}
        self._reserved = reserved

    def put(self, key: str, value: Any) -> None:
        """A sender's value that is not blank, under its flattened key."""
        column = self._column(key)
        if column:
            self.columns[column], self.data[column] = typed(value, self.rules.provider)

    def put_json(self, key: str, text: str) -> None:
        """JSON text, typed as such, under its flattened key."""
        column = self._column(key)
        if column:
            self.columns[column], self.data[column] = "json", text

    def put_standard(self, name: str, value: Any) -> None:
        """A value of a column of our own; one that is empty or nested leaves the column out."""
        column = self.rules.naming.standard(name)
        if isinstance(value, dict | list) or is_blank(value):
            self.columns.pop(column, None)
            self.data.pop(column, None)
        else:
            self.columns[column], self.data[column] = typed(value, self.rules.provider)

    def put_text(self, name: str, value: str) -> None:
        """A text of a column of our own that is there even when it is empty, and never a datetime."""
        column = self.rules.naming.standard(name)
        self.columns[column], self.data[column] = "string", value

    def lay_over(self, other: Cells) -> None:
        """Take every column of `other`, over those that stand."""
        self.columns.update(other.columns)
        self.data.update(other.data)

    def check_count(self, channel: object) -> None:
        """Raises TransformRejected past RudderStack's limit, which events of its own pipelines may pass."""
        if len(self.columns) > _MOST_COLUMNS and channel != "sources":
            raise TransformRejected(
                f"{self.rules.provider.name} transformer: Too many columns outputted from the event"
            )

    def _column(self, key: str) -> str:
        column = self.rules.naming.column(key)
        return "" if column.lower() in self._reserved else column


def flatten(
    cells: Cells, value: object, *, path: tuple[str, ...], prefix: str = "", cloud: bool = False
) -> None:
    """Put the object at `path` of the event into `cells`; anything but an object puts nothing.

    `prefix` begins the names of its columns; `cloud` ends nesting at the third level.
    """
    if isinstance(value, dict):
        _walk(cells, value, prefix, "_".join((cells.event_type, *path, "")), 0, len(path) + 1, cloud)


def _walk(
    cells: Cells, value: Mapping[str, Any], prefix: str, full: str, level: int, dots: int, cloud: bool
) -> None:
    """`full` is the key in the event with its type before it, `dots` the depth of that."""
    if _is_spelled_out(value, full):
        if prefix == _CONTEXT_TRAITS:
            cells.put(prefix, _rejoined(value))
        return
    for key, item in value.items():
        if _is_json(cells, prefix + key, level, full + key, dots):
            if not is_blank(item):
                cells.put_json(prefix + key, json_text(item))
        elif isinstance(item, dict):
            if level < (_CLOUD_LEVELS if cloud else _DEEPEST):
                _walk(cells, item, f"{prefix}{key}_", f"{full}{key}_", level + 1, dots + 1, cloud)
            else:
                cells.put(prefix + key, json_text(item))
        elif not is_blank(item):
            cells.put(prefix + key, item)


def _is_json(cells: Cells, key: str, level: int, full: str, dots: int) -> bool:
    paths = cells.rules.json_paths
    return paths.full.get(full) == dots or (cells.event_type == "track" and paths.bare.get(key) == level)


def _is_spelled_out(value: Mapping[str, Any], full: str) -> bool:
    """Whether these are traits that an SDK made of a text: `{"0": "a", "1": "b"}`, from 0 or 1 without a gap.

    In the context they are joined again, elsewhere dropped.
    """
    if not value or not (full.endswith(_CONTEXT_TRAITS) or full == "group_traits_"):
        return False
    if not all(_is_position(key) and _is_one_unit(item) for key, item in value.items()):
        return False
    positions = sorted(int(key) for key in value)
    return positions[0] in (0, 1) and positions == list(range(positions[0], positions[0] + len(value)))


def _is_position(key: str) -> bool:
    return (
        len(key) <= _LONGEST_POSITION and key.isascii() and key.isdecimal() and (key == "0" or key[0] != "0")
    )


def _is_one_unit(item: object) -> bool:
    """A text of one unit of UTF-16; an SDK that spells a text out cuts larger characters in two."""
    return isinstance(item, str) and len(item) == 1 and item <= "\uffff"


def _rejoined(value: Mapping[str, str]) -> str:
    return "".join(value[key] for key in sorted(value, key=int))
