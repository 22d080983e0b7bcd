"""What is to be done with one record: from what its row wants, what we wrote last, and how it stands. Pure.

    row wants   records found   then
    ---------   -------------   ----
    a record    none            created, where that is allowed and we did not make one that somebody deleted
    a record    one             the fields that differ are written, but those that policies leave alone
    a record    several         refused: nobody knows which is meant
    nothing     one             the row has left: deleted if we made it (mirror), cleared, or left

A field is somebody else's when it does not hold what we wrote last; one that is blank and that we never wrote
is nobody's. Under `newer_wins` what others wrote stays until our value is of a later moment than the record's
last change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.activate.contract import Op, Parent
from mainstem.activate.shapes import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from mainstem.activate.contract import Target
    from mainstem.activate.definition import Activation
    from mainstem.activate.mapping import Group, Wanted


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """What the destination said it has of a row."""

    key: str
    id: str
    written: Mapping[str, Value]
    """By field, as we wrote it last."""
    parents: Mapping[str, Parent] = {}
    digest: bytes = b""
    """Of the row that is written whole; empty while something of it was left alone."""
    is_ours: bool = False
    """The record was made by us."""
    at: datetime
    """When it was acknowledged."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A record that is to be written, as a plan holds it."""

    op: Op
    key: str
    id: str = ""
    values: Mapping[str, Value] = {}
    before: Mapping[str, Value] = {}
    """What the fields held that are written."""
    parents: Mapping[str, Parent] = {}
    written: Mapping[str, Value] = {}
    """What is acknowledged when this is done: what was written before, where it was left alone, too."""
    modified_at: datetime | None = None
    """Of the record, when it was read."""
    digest: bytes = b""
    """Of the row, when all of it is as wanted afterwards; else empty."""
    left_alone: Mapping[str, str] = {}
    """Fields that keep what they have, and by which policy."""
    has_left: bool = False
    """The row is not in the source any more."""


class Same(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is to be written: the record is as wanted, as far as policies go."""

    key: str
    id: str
    written: Mapping[str, Value]
    digest: bytes = b""
    left_alone: Mapping[str, str] = {}


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is left out, and why: `no_record`, `several_records`, `is_there`, `hands_off`,
    `deleted_there`, `edited_there`."""

    key: str
    why: str
    id: str = ""
    detail: str = ""


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """The row has left the source and its record stays as it is: it is not ours to follow any more."""

    key: str


Decision = Change | Same | Passed | Forgotten


def decide(
    row: Wanted, held: Acknowledged | None, targets: Sequence[Target], activation: Activation
) -> Decision:
    """Of a row that stands in the source."""
    if len(targets) > 1:
        ids = ", ".join(sorted(target.id for target in targets)[:3])
        return Passed(key=row.key, why="several_records", detail=ids)
    if not targets:
        return _missing(row, held, activation)
    target = targets[0]
    if activation.mode == "insert":
        if held and held.id == target.id:
            return Same(key=row.key, id=target.id, written=held.written, digest=row.digest)
        return Passed(key=row.key, why="is_there", id=target.id)
    if is_hands_off(target, activation):
        return Passed(key=row.key, why="hands_off", id=target.id)
    return _differing(row, held if held and held.id == target.id else None, target, activation)


def is_due(row: Wanted, held: Acknowledged | None, activation: Activation) -> bool:
    """Whether its record has to be looked at: it is new, it changed, something of it was left alone, or the
    day beside a value was written too long ago."""
    if held is None or held.digest != row.digest or activation.look_at == "all":
        return True
    return any(
        _is_behind(
            held.written.get(group.day_field), group.companions[group.day_field], activation.refresh_as_of
        )
        for group in row.groups.values()
        if group.day_field
    )


def decide_unread(row: Wanted, held: Acknowledged | None, ops: Collection[Op]) -> Change:
    """Where records cannot be read: all of a row that is new to the ledger, or has changed, is sent."""
    written = {field: value for group in row.groups.items() for field, value in _told(*group)}
    is_update = held is not None and Op.UPDATE in ops
    return Change(
        op=Op.UPDATE if is_update else Op.CREATE,
        key=row.key,
        id=held.id if held else "",
        values=written,
        before=held.written if held else {},
        parents=row.parents,
        written=written,
        digest=row.digest,
    )


def decide_gone_unread(held: Acknowledged, ops: Collection[Op], activation: Activation) -> Decision:
    """Of a row that has left the source, likewise."""
    if activation.mode == "mirror" and Op.DELETE in ops:
        return Change(op=Op.DELETE, key=held.key, id=held.id, before=held.written, has_left=True)
    return Forgotten(key=held.key)


def decide_gone(
    held: Acknowledged, targets: Sequence[Target], activation: Activation, as_of: str
) -> Decision:
    """Of a row that has left the source; `as_of` is the moment of which that is known."""
    target = next((one for one in targets if one.id == held.id), None)
    if target is None:
        return Forgotten(key=held.key)
    if is_hands_off(target, activation):
        return Passed(key=held.key, why="hands_off", id=held.id)
    if activation.mode == "mirror" and held.is_ours:
        if activation.edit_policy == "newer_wins" and _was_edited(held, target):
            return Passed(key=held.key, why="edited_there", id=held.id)
        return Change(
            op=Op.DELETE,
            key=held.key,
            id=held.id,
            before={name: target.values.get(name) for name in held.written},
            modified_at=target.modified_at,
            has_left=True,
        )
    return _cleared(held, target, activation, as_of)


def _missing(row: Wanted, held: Acknowledged | None, activation: Activation) -> Decision:
    if held is not None and held.id:
        return Passed(key=row.key, why="deleted_there", id=held.id)
    if activation.match_policy != "create":
        return Passed(key=row.key, why="no_record")
    written = {field: value for group in row.groups.items() for field, value in _told(*group)}
    values = {field: value for field, value in written.items() if value is not None}
    return Change(
        op=Op.CREATE, key=row.key, values=values, parents=row.parents, written=written, digest=row.digest
    )


def _differing(
    row: Wanted, held: Acknowledged | None, target: Target, activation: Activation
) -> Change | Same:
    values: dict[str, Value] = {}
    left: dict[str, str] = {}
    written: dict[str, Value] = {}
    for field, group in row.groups.items():
        told = dict(_told(field, group))
        if policy := _left_by(field, group, held, target, activation):
            left[field] = policy
            kept = {name: held.written[name] for name in told if held and name in held.written}
            written = kept | written  # a day that others share is as those say
            continue
        stand = {name: target.values.get(name) for name in told}
        if _needs_writing(field, group, target, activation):
            values |= {name: value for name, value in told.items() if stand[name] != value}
            written |= told
        else:
            written |= {name: value for name, value in stand.items() if name not in values}
    parents = row.parents if held is None or dict(held.parents) != dict(row.parents) else {}
    digest = b"" if left else row.digest
    if not values and not parents:
        return Same(key=row.key, id=target.id, written=written, digest=digest, left_alone=left)
    return Change(
        op=Op.UPDATE,
        key=row.key,
        id=target.id,
        values=values,
        before={field: target.values.get(field) for field in values},
        parents=parents,
        written=written,
        modified_at=target.modified_at,
        digest=digest,
        left_alone=left,
    )


def _left_by(
    field: str, group: Group, held: Acknowledged | None, target: Target, activation: Activation
) -> str:
    """The policy by which a field keeps what it has; empty when it is written."""
    current = target.values.get(field)
    if current == group.value:
        return ""
    is_ours = held is not None and field in held.written and held.written[field] == current
    if group.value is None and current is not None and activation.null_policy == "keep":
        return "null_policy"
    if activation.write_policy == "fill_empty" and current is not None and not is_ours:
        return "fill_empty"
    if current is None and (held is None or field not in held.written):
        return ""  # nobody has ever filled it in
    if not is_ours and activation.edit_policy == "newer_wins" and not _is_newer(group, target):
        return "newer_wins"
    return ""


def _is_newer(group: Group, target: Target) -> bool:
    """Whether our value is of a later moment than the record's last change."""
    if target.modified_at is None or not group.as_of:
        return False
    return datetime.fromisoformat(group.as_of) > target.modified_at


def _needs_writing(field: str, group: Group, target: Target, activation: Activation) -> bool:
    """The value or its reason differs, or its day was written too long ago."""
    if target.values.get(field) != group.value:
        return True
    for name, value in group.companions.items():
        stands = target.values.get(name)
        if name != group.day_field and stands != value:
            return True
        if name == group.day_field and _is_behind(stands, value, activation.refresh_as_of):
            return True
    return False


def _is_behind(stands: Value, wants: Value, seconds: float) -> bool:
    if wants is None or stands == wants:
        return False
    if not isinstance(stands, str) or not isinstance(wants, str):
        return True
    try:
        behind = datetime.fromisoformat(wants) - datetime.fromisoformat(stands)
    except (TypeError, ValueError):
        return True
    return behind.total_seconds() < 0 or behind.total_seconds() >= seconds


def _told(field: str, group: Group) -> Iterator[tuple[str, Value]]:
    """A value and what goes beside it."""
    yield field, group.value
    yield from group.companions.items()


def _cleared(held: Acknowledged, target: Target, activation: Activation, as_of: str) -> Decision:
    if activation.leave_policy != "clear":
        return Forgotten(key=held.key)
    days, reasons = day_fields(activation), _reason_fields(activation)
    values: dict[str, Value] = {}
    for field, written in held.written.items():
        stands = target.values.get(field)
        if field in days or field in reasons or stands is None or stands != written:
            continue
        values[field] = None
    if not values:
        return Forgotten(key=held.key)
    values |= dict.fromkeys(reasons, f"not in {activation.source.named} any more{_last_day(as_of)}")
    values |= dict.fromkeys(days)
    return Change(
        op=Op.UPDATE,
        key=held.key,
        id=held.id,
        values=values,
        before={field: target.values.get(field) for field in values},
        written=values,
        modified_at=target.modified_at,
        has_left=True,
    )


def _last_day(until: str) -> str:
    """The day that a moment ends or lies in; nothing where no value has one."""
    if not until:
        return ""
    return f", as of {(datetime.fromisoformat(until) - timedelta(milliseconds=1)).date()}"


def day_fields(activation: Activation) -> set[str]:
    """Fields that hold the day of others."""
    days = (activation.as_of_of(mapped) for mapped in activation.fields)
    return {day.to for day in days if day and day.to}


def _reason_fields(activation: Activation) -> set[str]:
    reasons = (activation.blank_of(mapped) for mapped in activation.fields)
    return {blank.to for blank in reasons if blank and blank.to}


def _was_edited(held: Acknowledged, target: Target) -> bool:
    return any(target.values.get(field) != value for field, value in held.written.items())


def is_hands_off(target: Target, activation: Activation) -> bool:
    """Whether somebody flagged the record to be left as it is."""
    flag = activation.guards.hands_off
    return bool(flag) and target.values.get(flag) is True
