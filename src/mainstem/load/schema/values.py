"""What a JSON value is worth in a warehouse: its type, whether it counts as empty, its JSON text.

The rules are JavaScript's, where an event's numbers have one type: `2.0` is an integer. Values that fit no
column type but text (arrays) pass through whole.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from mainstem.load.schema.moments import parse_moment, render_moment

if TYPE_CHECKING:
    from mainstem.load.schema.provider import Provider


def is_blank(value: object) -> bool:
    """Whether RudderStack drops `value`: null, "", and arrays that hold nothing or one such value."""
    if isinstance(value, list):
        return not value or (len(value) == 1 and _prints_nothing(value[0]))
    return value is None or value == ""


def _prints_nothing(item: object) -> bool:
    """Inside an array null prints as `null`, so `[null]` counts as something."""
    return item is not None and is_blank(item)


def typed(value: Any, provider: Provider) -> tuple[str, Any]:
    """The column type of a value that is not blank, and the value as it is stored."""
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, int):
        return "int", value
    if isinstance(value, float):
        return ("int", int(value)) if value.is_integer() else ("float", value)
    if isinstance(value, str):
        moment = parse_moment(value)
        if moment is not None:
            return "datetime", render_moment(moment)
        return ("text" if _too_long(value, provider) else "string"), value
    plain = plain_numbers(value)
    return ("text" if _too_long(json_text(plain), provider) else "string"), plain


def _too_long(text: str, provider: Provider) -> bool:
    limit = provider.text_over
    return limit is not None and len(text.encode("utf-16-le", "surrogatepass")) // 2 > limit


def plain_numbers(value: Any) -> Any:
    """`value` with every integral float made an int, as JavaScript prints them; NaN and infinities null."""
    if isinstance(value, float):
        if value.is_integer():
            return int(value)
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_numbers(item) for item in value]
    return value


def json_text(value: Any) -> str:
    """Compact JSON of `value`, keys in the order they came."""
    return json.dumps(plain_numbers(value), ensure_ascii=False, separators=(",", ":"))
