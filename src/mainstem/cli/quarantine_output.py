"""What `mainstem quarantine` prints: tables of held events, what a rule would change, counts at the end."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click
import msgspec

from mainstem.replay import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.replay import Decision, Group, HeldEvent

_LONGEST_CELL = 60
_LONGEST_REASON = 400
"""The last column, which a terminal may wrap: its end is what says what is wrong."""
_PREVIEWED = 20


class Report:
    """What a replay says: each event where it is a preview, and counts at the end."""

    def __init__(self, as_json: bool, dry_run: bool) -> None:
        self._as_json = as_json
        self._dry_run = dry_run
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._previewed = 0

    def tell(self, decision: Decision) -> None:
        self._counts[decision.action] += 1
        if decision.action != "replayed":
            self._reasons[decision.reason or ""] += 1
        if self._as_json:
            _echo_decision_json(decision)
        elif self._dry_run:
            self._previewed += 1
            if self._previewed <= _PREVIEWED:
                _echo_preview(decision)

    def end(self) -> None:
        if self._as_json:
            return
        if self._previewed > _PREVIEWED:
            click.echo(f"… and {self._previewed - _PREVIEWED} more; --json shows them all")
        if not self._counts:
            click.echo("nothing to replay")
            return
        would = "would be " if self._dry_run else ""
        parts = [f"{_counted(self._counts['replayed'], 'event')} {would}replayed"]
        if self._counts["held"]:
            parts.append(f"{self._counts['held']} still held")
        if self._counts["dropped"]:
            parts.append(f"{self._counts['dropped']} {would}dropped")
        click.echo(", ".join(parts))
        for reason, count in self._reasons.most_common():
            click.echo(f"  {count} × {printable(reason)}")


def echo_groups(groups: Sequence[Group]) -> None:
    rows = [("count", "source", "held by", "first", "last", "sample", "reason")]
    rows += [
        (
            str(g.count),
            g.source_id,
            g.stage,
            _brief(g.first),
            _brief(g.last),
            g.sample,
            _cut(g.reason, _LONGEST_REASON),
        )
        for g in groups
    ]
    echo_table(rows)


def row(one: HeldEvent) -> tuple[str, ...]:
    return (
        one.id,
        _brief(one.received_at),
        one.source_id,
        _cut(_label(one)),
        _cut(one.reason, _LONGEST_REASON),
    )


def echo_table(rows: Sequence[tuple[str, ...]]) -> None:
    shown = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _echo_preview(decision: Decision) -> None:
    held = decision.held
    click.echo(f"{held.id}  {printable(held.source_id)}  {printable(_label(held))}")
    click.echo(f"  reason: {printable(held.reason)}")
    for one in differences(held.event, decision.mended.event):
        if one.before is not None:
            click.echo(click.style(f"  - {printable(f'{one.path}: {one.before}')}", fg="red"))
        if one.after is not None:
            click.echo(click.style(f"  + {printable(f'{one.path}: {one.after}')}", fg="green"))
    by = f", mended by {', '.join(decision.mended.rules)}" if decision.mended.rules else ""
    match decision.action:
        case "replayed":
            click.echo(f"  → would be replayed{by}")
        case "dropped":
            click.echo(f"  → would be dropped{by}: {printable(decision.reason or '')}")
        case _:
            click.echo(f"  → still held{by}: {printable(decision.reason or '')}")


def _echo_decision_json(decision: Decision) -> None:
    found = {
        "id": decision.held.id,
        "action": decision.action,
        "rules": decision.mended.rules,
        "reason": decision.reason,
        "differences": differences(decision.held.event, decision.mended.event),
    }
    sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")


def held_json(one: HeldEvent) -> dict[str, Any]:
    return {
        "id": one.id,
        "stage": one.stage,
        "receivedAt": one.received_at,
        "requestIp": one.request_ip,
        "sourceId": one.source_id,
        "reason": one.reason,
        "event": _parsed(one.event),
    }


def _parsed(event: bytes) -> Any:
    """The JSON value; the text of what is none."""
    try:
        return msgspec.json.decode(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return event.decode("utf-8", "backslashreplace")


def pretty(event: bytes) -> str:
    value = _parsed(event)
    text = value if isinstance(value, str) else msgspec.json.format(msgspec.json.encode(value), indent=2)
    lines = (text if isinstance(text, str) else text.decode()).splitlines()
    return "\n".join(printable(line) for line in lines)


def _label(one: HeldEvent) -> str:
    """What people call the event: its type and name."""
    value = _parsed(one.event)
    if not isinstance(value, dict):
        return "no object" if not isinstance(value, str) else value
    names: Iterable[Any] = (value.get("type"), value.get("event") or value.get("name"))
    return " ".join(str(name) for name in names if name) or "-"


def _brief(moment: str) -> str:
    return moment[:19].replace("T", " ")


def _cut(text: str, longest: int = _LONGEST_CELL) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def printable(text: str) -> str:
    """What senders wrote must not steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
