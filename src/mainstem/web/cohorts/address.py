"""What somebody builds at `/cohorts/new` ↔ the address of the page: the whole state stands there.

    kind=funnel&unit=person&mode=ordered&window=14+days&within=90+days
    s1=journey_events&s1e=page&s1p=journey_events.page&s1v=/pricing&s2=journey_events&s2e=trial

`s1` … are the steps (of a retention: start and return; of paths: the anchor), `x1` … what ends an attempt,
`r1` … what paths read. Of each: its explore, `e` the event, `p` and `v` further fields and their filter
expressions, in pairs. A draft may be unfinished; `definition` says what is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mainstem.cohorts import Condition, Funnel, Method, Mode, Paths, Retention, Span
from mainstem.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mainstem.cohorts import Definition, Source

PATH = "/cohorts/new"
KINDS = ("funnel", "retention", "paths")
_SETTINGS = (
    "kind", "unit", "model", "mode", "window", "within", "breakdown", "span", "method", "periods", "brackets",
    "timezone", "steps", "names", "backwards", "collapse",
)  # fmt: skip
_PART = re.compile(r"([sxr])([1-9][0-9]?)([epv]?)")
_WINDOW = re.compile(r"\s*(\d{1,5})\s*(second|minute|hour|day|week)s?\s*", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True)
class DraftCondition:
    explore: str = ""
    event: str = ""
    where: tuple[tuple[str, str], ...] = ()
    """(`view.field`, filter expression)."""

    @property
    def is_blank(self) -> bool:
        return not (self.event or self.where)


@dataclass(frozen=True)
class Draft:
    settings: Mapping[str, str] = field(default_factory=dict)
    """Those that are not as they are by default."""
    parts: Mapping[str, tuple[DraftCondition, ...]] = field(default_factory=dict)
    """s, x, r → conditions in order."""

    def get(self, name: str, otherwise: str = "") -> str:
        return self.settings.get(name, "") or otherwise

    @property
    def kind(self) -> str:
        kind = self.get("kind", "funnel")
        return kind if kind in KINDS else "funnel"

    def of(self, part: str) -> tuple[DraftCondition, ...]:
        return self.parts.get(part, ())

    def with_part(self, part: str, conditions: Iterable[DraftCondition]) -> Draft:
        return replace(self, parts={**self.parts, part: tuple(conditions)})

    def with_settings(self, **changed: str) -> Draft:
        return replace(self, settings={**self.settings, **changed})

    @property
    def address(self) -> str:
        pairs = [(name, self.settings[name]) for name in _SETTINGS if self.settings.get(name)]
        for part in "sxr":
            for number, one in enumerate(self.of(part), 1):
                name = f"{part}{number}"
                pairs.append((name, one.explore))
                pairs += [(f"{name}e", one.event)] if one.event else []
                for fieldname, expression in one.where:
                    pairs += [(f"{name}p", fieldname), (f"{name}v", expression)]
        return f"{PATH}?{urlencode(pairs)}" if pairs else PATH

    def definition(self, sources: Sequence[Source]) -> Definition:
        """Raises QueryError that says what is missing or cannot be read."""
        by_name = {one.explore: one for one in sources if one.model == self.get("model")}
        conditions = {part: [_condition(one, by_name) for one in self.of(part)] for part in "sxr"}
        model, unit, within = self.get("model"), self.get("unit"), self.get("within")
        steps = conditions["s"]
        match self.kind:
            case "funnel":
                return Funnel(
                    model=model,
                    unit=unit,
                    steps=tuple(steps),
                    mode=_one_of(Mode, self.get("mode", "ordered"), "order of steps"),
                    window=seconds_of(self.get("window", "14 days")),
                    excluded=tuple(conditions["x"]),
                    within=within,
                    breakdown=self.get("breakdown"),
                )
            case "retention":
                if len(steps) < 2:
                    raise QueryError(
                        "a retention needs what somebody began with, and what counts as coming back"
                    )
                return Retention(
                    model=model,
                    unit=unit,
                    start=steps[0],
                    back=steps[1],
                    span=_one_of(Span, self.get("span", "week"), "period"),
                    method=_one_of(Method, self.get("method", "exact"), "method"),
                    periods=_number(self.get("periods", "8"), "periods"),
                    brackets=_brackets(self.get("brackets")),
                    within=within,
                    timezone=self.get("timezone") or None,
                )
            case _:
                if not steps:
                    raise QueryError("paths need something that they lead from, or to")
                read = conditions["r"] or [Condition(steps[0].explore)]
                window = self.get("window")
                return Paths(
                    model=model,
                    unit=unit,
                    anchor=steps[0],
                    read=tuple(read),
                    backwards=self.get("backwards") == "yes",
                    steps=_number(self.get("steps", "4"), "steps"),
                    collapse=self.get("collapse", "yes") != "no",
                    window=seconds_of(window) if window else 0,
                    within=within,
                    names=_number(self.get("names", "8"), "names"),
                )


def read_draft(pairs: Iterable[tuple[str, str]]) -> Draft:
    """What no part has a meaning for is left out."""
    settings: dict[str, str] = {}
    explores: dict[tuple[str, int], str] = {}
    events: dict[tuple[str, int], str] = {}
    fields: dict[tuple[str, int], list[str]] = {}
    values: dict[tuple[str, int], list[str]] = {}
    for name, value in pairs:
        text = value.strip()
        if name in _SETTINGS:
            settings[name] = text
        elif found := _PART.fullmatch(name):
            key = found[1], int(found[2])
            match found[3]:
                case "":
                    explores[key] = text
                case "e":
                    events[key] = text
                case "p":
                    fields.setdefault(key, []).append(text)
                case _:
                    values.setdefault(key, []).append(text)
    parts: dict[str, list[DraftCondition]] = {}
    for key in sorted(explores):
        where = zip(fields.get(key, []), values.get(key, []), strict=False)
        kept = tuple((name, text) for name, text in where if name and text)
        parts.setdefault(key[0], []).append(DraftCondition(explores[key], events.get(key, ""), kept))
    return Draft(
        {name: value for name, value in settings.items() if value},
        {part: tuple(found) for part, found in parts.items()},
    )


def draft_of(definition: Definition, sources: Sequence[Source]) -> Draft:
    """The draft that comes to it."""
    by_name = {one.explore: one for one in sources if one.model == definition.model}
    settings = {"unit": definition.unit, "model": definition.model, "within": definition.within}

    def drafted(one: Condition) -> DraftCondition:
        event = by_name[one.explore].event if one.explore in by_name else ""
        where = tuple((name, text) for name, text in one.filters.items() if name != event)
        return DraftCondition(one.explore, one.filters.get(event, ""), where)

    match definition:
        case Funnel():
            settings |= {
                "kind": "funnel",
                "mode": definition.mode.value,
                "window": window_text(definition.window),
                "breakdown": definition.breakdown,
            }
            parts = {"s": definition.steps, "x": definition.excluded}
        case Retention():
            settings |= {
                "kind": "retention",
                "span": definition.span.value,
                "method": definition.method.value,
                "periods": str(definition.periods),
                "brackets": ",".join(f"{first}-{last}" for first, last in definition.brackets),
                "timezone": definition.timezone or "",
            }
            parts = {"s": (definition.start, definition.back)}
        case Paths():
            settings |= {
                "kind": "paths",
                "window": window_text(definition.window) if definition.window else "",
                "backwards": "yes" if definition.backwards else "",
                "collapse": "" if definition.collapse else "no",
                "steps": str(definition.steps),
                "names": str(definition.names),
            }
            parts = {"s": (definition.anchor,), "r": definition.read}
    return Draft(settings, {part: tuple(map(drafted, found)) for part, found in parts.items() if found})


def seconds_of(text: str) -> int:
    """Raises QueryError."""
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise QueryError(f"window {text!r} is none; say a number and a unit, as 30 minutes, 14 days")
    return int(found[1]) * _SECONDS[found[2].lower()]


def window_text(seconds: int) -> str:
    unit = next(name for name in ("week", "day", "hour", "minute", "second") if seconds % _SECONDS[name] == 0)
    if unit == "week" and seconds < 4 * _SECONDS["week"]:
        unit = "day"
    count = seconds // _SECONDS[unit]
    return f"{count} {unit}{'s' if count != 1 else ''}"


def _condition(draft: DraftCondition, sources: Mapping[str, Source]) -> Condition:
    filters: dict[str, str] = {}
    source = sources.get(draft.explore)
    if draft.event:
        if source is None or not source.event:
            raise QueryError(
                f"explore {draft.explore} does not say what its rows are called; filter by a field"
            )
        filters[source.event] = draft.event
    filters |= dict(draft.where)
    return Condition(draft.explore, filters)


def _one_of(kind: type[Mode] | type[Span] | type[Method], text: str, what: str):  # type: ignore[no-untyped-def] # a member of `kind`
    try:
        return kind(text)
    except ValueError:
        raise QueryError(f"{what} {text!r} is none; valid are {', '.join(kind)}") from None


def _number(text: str, what: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise QueryError(f"{what}: {text!r} is no whole number")
    return int(text)


def _brackets(text: str) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        first, _, last = part.partition("-")
        found.append((_number(first.strip(), "bracket"), _number((last or first).strip(), "bracket")))
    return tuple(found)
