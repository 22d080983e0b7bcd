"""Definitions, picks and answers in English, for headings and for those who do not see a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.cohorts import Funnel, FunnelPick, Method, Mode, PathPick, Paths, Retention, RetentionPick
from mainstem.web.cohorts.address import window_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.cohorts import Condition, Definition, Pick, Source
    from mainstem.cohorts.answers import FunnelAnswer, PathsAnswer, RetentionAnswer

MODES = {Mode.ORDERED: "in this order", Mode.STRICT: "one right after the other", Mode.ANY: "in any order"}
_SHORTEST, _MINUTE, _HOUR, _DAY = 1, 60, 3600, 86_400


def plural(unit: str, count: int | None = None) -> str:
    """1 person, 3 people, 3 accounts."""
    many = {"person": "people", "company": "companies"}.get(unit, f"{unit}s")
    if count is None:
        return many
    return f"{count:,} {unit if count == 1 else many}"


def condition_text(condition: Condition, source: Source | None, labels: Mapping[str, str]) -> str:
    """`page where Page is /pricing`; without an event, the explore's label."""
    event = source.event if source else ""
    name = (
        condition.label or condition.filters.get(event, "") or (source.label if source else condition.explore)
    )
    rest = [
        f"{labels.get(field, field.partition('.')[2])} {expression}"
        for field, expression in condition.filters.items()
        if field != event
    ]
    return f"{name} ({', '.join(rest)})" if rest else name


def definition_text(definition: Definition, said: Mapping[int, str]) -> str:
    """One or two sentences; `said` has the text of each condition by `id`."""
    units = plural(definition.unit)
    within = f" Those who began within: {definition.within}." if definition.within else ""
    match definition:
        case Funnel():
            steps = ", then ".join(said[id(step)] for step in definition.steps)
            if definition.mode is Mode.ANY:
                steps = " and ".join(said[id(step)] for step in definition.steps)
            split = f" Split by {definition.breakdown}." if definition.breakdown else ""
            out = [said[id(one)] for one in definition.excluded]
            without = f" Not those who meanwhile did {' or '.join(out)}." if out else ""
            return (
                f"{units.capitalize()} who did {steps}, {MODES[definition.mode]}, within "
                f"{window_text(definition.window)}.{without}{within}{split}"
            )
        case Retention():
            how = {
                Method.EXACT: f"in a {definition.span} after",
                Method.ROLLING: f"in a {definition.span} after, or later",
                Method.BRACKET: "within brackets of periods after",
            }[definition.method]
            return (
                f"{units.capitalize()} who first did {said[id(definition.start)]}, by {definition.span}, and "
                f"who of them did {said[id(definition.back)]} {how}.{within}"
            )
        case Paths():
            way = "before" if definition.backwards else "after"
            window = f" within {window_text(definition.window)}" if definition.window else ""
            return (
                f"What {units} did {way} they first did {said[id(definition.anchor)]}{window}, "
                f"{definition.steps} step{'s' if definition.steps != 1 else ''} far.{within}"
            )


def pick_text(definition: Definition, pick: Pick, said: Mapping[int, str]) -> str:
    """Who is picked."""
    units = plural(definition.unit)
    match definition, pick:
        case Funnel(), FunnelPick():
            here = said[id(definition.steps[pick.step - 1])]
            if definition.mode is Mode.ANY:
                here = f"{pick.step} of {len(definition.steps)} steps"
            of = f", {pick.segment} at the first step" if pick.segment is not None else ""
            if pick.outcome == "reached":
                return f"{units} who got to step {pick.step}, {here}{of}"
            ending = "never went on" if pick.outcome == "dropped" else "may still go on"
            return f"{units} who got to step {pick.step}, {here}, and {ending}{of}"
        case Retention(), RetentionPick():
            began = f"in the {definition.span} of {pick.start}" if pick.start else "at any time"
            if pick.first == 0:
                return f"{units} who began {began}"
            when = f"{definition.span} {pick.first}"
            if pick.last != pick.first:
                when = f"{definition.span}s {pick.first} to {pick.last}"
            if definition.method is Method.ROLLING:
                when += " or later"
            verb = "came back in" if pick.outcome == "retained" else "did not come back in"
            return f"{units} who began {began} and {verb} {when}"
        case Paths(), PathPick():
            return f"{units} whose way is {path_text(pick.names, definition.backwards)}"
        case _:
            return units


def path_text(names: tuple[str | None, ...], backwards: bool) -> str:
    known = [name for name in names if name is not None]
    ended = len(known) < len(names)
    edge = "(nothing before)" if backwards else "(nothing after)"
    shown = [*known, *([edge] if ended else [])]
    return " → ".join(reversed(shown) if backwards else shown)


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    for size, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"), (_SHORTEST, "second")):
        if seconds >= size:
            count = seconds / size
            text = f"{count:.1f}".removesuffix(".0") if count < 10 else f"{count:.0f}"
            return f"{text} {name}{'' if text == '1' else 's'}"
    return "at once"


def funnel_said(funnel: Funnel, answer: FunnelAnswer) -> str:
    first, last = answer.steps[0], answer.steps[-1]
    if first.units == 0:
        return f"No {plural(funnel.unit)} began."
    worst = max(answer.steps[:-1], key=lambda step: step.dropped)
    dropped = f" Most were lost after step {worst.number}: {worst.dropped:,}." if worst.dropped else ""
    return (
        f"Funnel: {plural(funnel.unit, first.units)} began, {last.units:,} ({_percent(last.of_first)}) got "
        f"to step {last.number}.{dropped}"
    )


def retention_said(retention: Retention, answer: RetentionAnswer) -> str:
    total = sum(row.size for row in answer.rows)
    known = [point for point in answer.curve if point.share is not None]
    if not total:
        return f"No {plural(retention.unit)} began."
    if not known:
        return f"Retention: {plural(retention.unit, total)} began; no period after the first is over yet."
    first, last, span = known[0], known[-1], retention.span
    return (
        f"Retention: {plural(retention.unit, total)} began. {_percent(first.share)} came back in {span} "
        f"{first.first}, {_percent(last.share)} in {span} {last.first}, of those whose time was over."
    )


def paths_said(paths: Paths, answer: PathsAnswer) -> str:
    if not answer.units:
        return f"No {plural(paths.unit)} did what the paths lead {'to' if paths.backwards else 'from'}."
    most = answer.paths[0]
    different = f"{len(answer.paths):,} different ones" if len(answer.paths) > 1 else "all the same"
    return (
        f"Paths of {plural(paths.unit, answer.units)}, {different}. Most taken: "
        f"{path_text(most.names, paths.backwards)}, {most.units:,} ({_percent(most.share)})."
    )


def percent(share: float | None) -> str:
    return "–" if share is None else _percent(share)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}%"
