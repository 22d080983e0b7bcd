"""A cloud of words in reading order, the largest first: the area of a word grows with its value.

No word is turned or placed for looks, so sizes can be compared; it refuses values below zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.web.charts.drawn import FIT, Drawn, are, counted, told, tooltip
from mainstem.web.charts.parts import read_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.result import QueryResult
    from mainstem.web.charts.drawn import Vis
    from mainstem.web.charts.parts import Part, Parts

MOST = 60
_TOLD = 8
_LONGEST = 28
"""Characters of a word; longer ones are cut."""
_LETTER = 0.6
"""Width of a letter, of its size: that of a wide one, so that words do not touch."""
_LINE = 1.25
_LEAST = 0.3
"""The smallest size, of the largest: below, words cannot be read; such are not to scale, which is said."""
_GAP = 0.9
"""Between words, of the smaller one's size."""


def word_cloud(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result is not words with a number each."""
    parts = read_parts(result, vis, "a word cloud")
    for part in parts.known:
        if (part.value or 0) < 0:
            raise QueryError(f"a word cloud shows amounts; {part.label} is {part.text}")
    words = sorted((part for part in parts.known if part.value), key=lambda part: -(part.value or 0))
    notes, zeros = list(parts.notes), len(parts.known) - len(words)
    if zeros:
        notes.append(f"{are(zeros, 'word')} left out: the value is 0.")
    if len(words) > MOST:
        notes.append(f"The {MOST} largest of {len(words)} words are drawn.")
        words = words[:MOST]
    sizes = _sizes(words)
    small = sum(size < _LEAST for size in sizes)
    if small:
        notes.append(f"{are(small, 'word')} drawn larger than to scale, to be read.")
    rows = _laid_out(words, [max(size, _LEAST) for size in sizes], parts)
    return Drawn(_spec(rows, parts), _described(words, parts), parts.missing, tuple(notes))


def _sizes(words: Sequence[Part]) -> list[float]:
    """Heights of letters, the largest being 1; areas are as the values."""
    most = max((word.value or 0 for word in words), default=1)
    return [((word.value or 0) / most) ** 0.5 for word in words]


def _laid_out(words: Sequence[Part], sizes: list[float], parts: Parts) -> list[dict[str, Any]]:
    """Lines of words, broken so that the cloud is about twice as wide as high; all within 1 by 1.

    `size` is in parts of the smaller of width and twice the height.
    """
    shown = [
        word.label if len(word.label) <= _LONGEST else word.label[: _LONGEST - 1] + "…" for word in words
    ]
    widths = [len(text) * size * _LETTER for text, size in zip(shown, sizes, strict=True)]
    area = sum((width + size * _GAP) * size * _LINE for width, size in zip(widths, sizes, strict=True))
    line = max([(2 * area) ** 0.5 * 1.08, *widths])
    lines: list[list[int]] = [[]]
    used = 0.0
    for n, width in enumerate(widths):
        if lines[-1] and used + width > line:
            lines.append([])
            used = 0.0
        lines[-1].append(n)
        used += width + sizes[n] * _GAP
    rows, top = [], 0.0
    height = sum(max((sizes[n] for n in each), default=0) for each in lines) * _LINE
    for each in lines:
        if not each:
            continue
        tall = max(sizes[n] for n in each) * _LINE
        across = sum(widths[n] for n in each) + sum(sizes[n] * _GAP for n in each[:-1])
        left = (line - across) / 2
        for n in each:
            row = told(words[n].label, parts.measure.field_label, words[n].text, word=shown[n])
            at = {
                "at": (left + widths[n] / 2 - line / 2) / line,
                "down": (top + tall / 2 - height / 2) / line,
            }
            rows.append({**row, **{k: round(v, 5) for k, v in at.items()}, "size": round(sizes[n] / line, 5)})
            left += widths[n] + sizes[n] * _GAP
        top += tall
    # Drawn at most this wide, so that it is not higher than the chart.
    for row in rows:
        row["tall"] = round(height / line, 5)
    return rows


def _spec(rows: list[dict[str, Any]], parts: Parts) -> dict[str, Any]:
    scale = "min(width, height / datum.tall, 48 / datum.largest)"
    largest = max((row["size"] for row in rows), default=1)
    for row in rows:
        row["largest"] = largest
    return {
        **FIT,
        "data": {"values": rows},
        "mark": {
            "type": "text",
            "align": "center",
            "baseline": "middle",
            "x": {"expr": f"width / 2 + datum.at * {scale}"},
            "y": {"expr": f"height / 2 + datum.down * {scale}"},
            "fontSize": {"expr": f"datum.size * {scale}"},
        },
        "encoding": {
            "text": {"field": "word", "type": "nominal"},
            **tooltip(parts.place),
        },
    }


def _described(words: Sequence[Part], parts: Parts) -> str:
    named = "; ".join(f"{word.label} {word.text}" for word in words[:_TOLD])
    more = f"; {len(words) - _TOLD} more" if len(words) > _TOLD else ""
    opening = f"Word cloud of {parts.label}, {counted(len(words), 'word')}, largest first"
    return f"{opening}. {named or 'Nothing to draw'}{more}."
