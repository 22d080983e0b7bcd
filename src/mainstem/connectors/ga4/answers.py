"""Answers of runReport as rows of a table, a day at a time, and what Google says of how true they are."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b, sha1
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.connectors.ga4.names import column
from mainstem.errors import ApiRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.connectors.ga4.settings import Report

Key = tuple[str, ...]
Values = tuple[int | float, ...]
OTHER = "(other)"
_WHOLE = "TYPE_INTEGER"


class _Value(msgspec.Struct, frozen=True):
    value: str = ""


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    dimension_values: tuple[_Value, ...] = ()
    metric_values: tuple[_Value, ...] = ()


class _Header(msgspec.Struct, frozen=True):
    name: str
    type: str = ""


class _Sampling(msgspec.Struct, frozen=True, rename="camel"):
    samples_read_count: str | int = 0
    sampling_space_size: str | int = 0


class Truth(msgspec.Struct, frozen=True, rename="camel"):
    """What an answer says of itself."""

    data_loss_from_other_row: bool = False
    subject_to_thresholding: bool = False
    sampling_metadatas: tuple[_Sampling, ...] = ()
    currency_code: str = ""
    time_zone: str = ""

    @property
    def is_sampled(self) -> bool:
        return bool(self.sampling_metadatas)


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    dimension_headers: tuple[_Header, ...] = ()
    metric_headers: tuple[_Header, ...] = ()
    rows: tuple[_Row, ...] = ()
    row_count: int = 0
    metadata: Truth = Truth()


@dataclass(frozen=True)
class Answer:
    """Rows of some days by their dimensions, `date` first, in the order in which they came."""

    rows: dict[Key, Values]
    row_count: int
    """How many there are beyond limits and offsets."""
    truth: Truth

    @property
    def last(self) -> date:
        """The day of the last row."""
        return day_of(next(reversed(self.rows)))


def answer_of(content: bytes) -> Answer:
    """Raises ApiRefused for what is no answer of runReport."""
    try:
        body = msgspec.json.decode(content, type=_Body)
    except msgspec.MsgspecError as e:
        raise ApiRefused(f"runReport answered what is no report: {e}", 200) from e
    whole = [header.type == _WHOLE for header in body.metric_headers]
    rows = {
        tuple(one.value for one in row.dimension_values): tuple(
            int(one.value) if is_whole else float(one.value)
            for one, is_whole in zip(row.metric_values, whole, strict=True)
        )
        for row in body.rows
    }
    return Answer(rows, body.row_count, body.metadata)


def day_of(key: Key) -> date:
    """`20260131` as the Data API has it."""
    return date.fromisoformat(key[0])


@dataclass(frozen=True)
class Day:
    """One day of a report, whole; or a week or month of one, by its first day."""

    day: date
    truth: Truth
    rows: dict[Key, Values] = field(default_factory=dict)

    @property
    def other_rows(self) -> int:
        return sum(OTHER in key for key in self.rows)

    def blurs(self) -> Iterator[str]:
        """What Google left out of it or guessed, in words."""
        if self.other_rows or self.truth.data_loss_from_other_row:
            yield "rows rolled into (other)"
        if self.truth.subject_to_thresholding:
            yield "rows withheld below a threshold"
        if self.truth.is_sampled:
            yield "figures from a sample"

    def mark(self) -> str:
        """The same for the same rows, however they were ordered."""
        found = blake2b(msgspec.json.encode(self.truth), digest_size=12)
        for key in sorted(self.rows):
            found.update(msgspec.json.encode((key, self.rows[key])))
        return found.hexdigest()


def rows_of(report: Report, property_name: str, day: Day) -> list[dict[str, Any]]:
    """As the report's table has them."""
    dimensions, metrics = [column(one) for one in report.keys], [column(one) for one in report.metrics]
    return [
        {
            "property": property_name,
            **dict(zip(dimensions, (day.day.isoformat(), *key[1:]), strict=True)),
            **dict(zip(metrics, values, strict=True)),
            "is_other": OTHER in key,
            "_fivetran_id": _id((property_name, *key)),
        }
        for key, values in day.rows.items()
    ]


def reading_of(name: str, day: Day) -> dict[str, Any]:
    """How the day was read, as the table of readings has it."""
    truth, sampled = day.truth, day.truth.sampling_metadatas
    return {
        "report": name,
        "date": day.day.isoformat(),
        "rows": len(day.rows),
        "other_rows": day.other_rows,
        "data_loss_from_other_row": truth.data_loss_from_other_row,
        "subject_to_thresholding": truth.subject_to_thresholding,
        "samples_read_count": int(sampled[0].samples_read_count) if sampled else None,
        "sampling_space_size": int(sampled[0].sampling_space_size) if sampled else None,
        "currency_code": truth.currency_code,
        "time_zone": truth.time_zone,
    }


def _id(values: Sequence[str]) -> str:
    return b64encode(sha1(msgspec.json.encode(values), usedforsecurity=False).digest()).decode()
