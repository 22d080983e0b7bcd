"""What the tiers of a number are called, in each of Looker's four styles."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from mainstem.semantics.model import TierStyle

if TYPE_CHECKING:
    from decimal import Decimal

_UNDEFINED = "Undefined"


def tier_labels(tiers: tuple[Decimal, ...], style: TierStyle) -> tuple[str, ...]:
    """In order: below the first bound, between each two, from the last on, and that of no number at all."""
    bounds = [_shown(bound) for bound in tiers]
    if not bounds:
        return (_UNDEFINED,)
    match style:
        case TierStyle.INTEGER:
            lasts = [_shown(bound - 1) for bound in tiers]
            between = [f"{low} to {high}" for low, high in zip(bounds, lasts[1:], strict=False)]
            return (f"Below {bounds[0]}", *between, f"{bounds[-1]} or Above", _UNDEFINED)
        case TierStyle.RELATIONAL:
            between = [f">= {low} and < {high}" for low, high in pairwise(bounds)]
            return (f"< {bounds[0]}", *between, f">= {bounds[-1]}", _UNDEFINED)
        case TierStyle.INTERVAL:
            return (*_intervals(bounds), _UNDEFINED)
        case TierStyle.CLASSIC:
            numbered = [f"T{number:02} {label}" for number, label in enumerate(_intervals(bounds))]
            return (*numbered, f"TXX {_UNDEFINED}")


def _intervals(bounds: list[str]) -> list[str]:
    between = [f"[{low},{high})" for low, high in pairwise(bounds)]
    return [f"(-inf,{bounds[0]})", *between, f"[{bounds[-1]},inf)"]


def _shown(bound: Decimal) -> str:
    """Without an exponent, and without zeros that say nothing."""
    text = f"{bound:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
