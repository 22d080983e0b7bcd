"""Addresses of the pages of truth. They can be kept and sent: they hold all that the page says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from mainstem.web.explore import address_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.web.explore import Question

TRUTH = "/truth"
WHY = "/why"
QUESTION = f"{TRUTH}/question"
FIELD = f"{TRUTH}/field"
MODEL = f"{TRUTH}/model"
MARKS = f"{TRUTH}/marks"
"""Of several tiles of a dashboard: one request once they are there, not one each."""

ASKED_MARK = f"{TRUTH}/question/mark"


def tile_query(dashboard: str, tile: str, seen: Iterable[tuple[str, str]]) -> str:
    """Which tile; `seen` are the parameters of the dashboard's address."""
    on = urlencode(list(seen), quote_via=quote)
    pairs = [("dashboard", dashboard), ("tile", tile), *([("on", on)] if on else [])]
    return urlencode(pairs, quote_via=quote)


def marks_path(dashboard: str) -> str:
    """To it come `on`, the parameters of the dashboard's address, and a `tile` for each mark."""
    return f"{MARKS}?{urlencode({'dashboard': dashboard}, quote_via=quote)}"


def tile_truth_path(dashboard: str, tile: str, seen: Iterable[tuple[str, str]] = ()) -> str:
    return f"{TRUTH}?{tile_query(dashboard, tile, seen)}"


def tile_why_path(dashboard: str, tile: str, seen: Iterable[tuple[str, str]] = ()) -> str:
    return f"{WHY}?{tile_query(dashboard, tile, seen)}"


def question_query(question: Question) -> str:
    """An explore's question: its address as a parameter."""
    return urlencode({"ask": address_of(question)}, quote_via=quote)


def question_truth_path(question: Question) -> str:
    return f"{QUESTION}?{question_query(question)}"


def field_truth_path(model: str, explore: str, field: str) -> str:
    pairs = {"model": model, "explore": explore, "field": field}
    return f"{FIELD}?{urlencode(pairs, quote_via=quote)}"


def dbt_path(name: str) -> str:
    """Of a model, seed, snapshot or source of dbt's: what breaks if it fails."""
    return f"{MODEL}?{urlencode({'name': name}, quote_via=quote)}"


def question_mark_path(question: Question) -> str:
    return f"{ASKED_MARK}?{question_query(question)}"


def field_mark_path(model: str, explore: str, field: str) -> str:
    return field_truth_path(model, explore, field).replace(FIELD, ASKED_MARK, 1)
