"""Outcomes as one table of text, for a terminal and for a document alike. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.figure import Figure, Outcome, Spread

HEADINGS = ("figure", "ours", "limit", "ratio (min–max)", "good is", "limit: what it is")


def lines_of(outcomes: Iterable[Outcome]) -> list[tuple[str, ...]]:
    """A row a figure, under HEADINGS; one for each benchmark that gave none, with the reason."""
    rows: list[tuple[str, ...]] = []
    for outcome in outcomes:
        rows += [_row(figure) for figure in outcome.figures]
        if outcome.problem is not None:
            rows.append((outcome.benchmark, "–", "–", "–", "–", outcome.problem.splitlines()[0]))
    return rows


def text(outcomes: Iterable[Outcome]) -> str:
    """The table with its columns in line."""
    return aligned(HEADINGS, lines_of(outcomes))


def aligned(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Any table as text, a line below its headings."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    lines.insert(1, ["─" * width for width in widths])
    return "\n".join(_padded(line, widths) for line in lines)


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Any table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def number(value: float) -> str:
    """Three digits that mean something: 0.0123, 1.23, 12.3, 123, 12,345."""
    size = abs(value)
    if size >= 100 or value == 0:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def spread(found: Spread) -> str:
    return f"{number(found.median)} ({number(found.least)}–{number(found.most)})"


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        f"{number(figure.ours.median)} {figure.unit}",
        f"{number(figure.held_against.median)} {figure.unit}",
        spread(figure.ratio),
        figure.better,
        figure.limit,
    )


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
