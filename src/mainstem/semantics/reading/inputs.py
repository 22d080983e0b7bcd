"""`filter: name { … }` and `parameter: name { … }`: fields that are only ever filtered by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import AllowedValue, Datatype, FilterField, InputType, Parameter
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.presentation import label_in, presentation_of
from mainstem.semantics.reading.vocabulary import FIELD_WITHOUT_EFFECT, PRESENTATION, Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

FILTER = Vocabulary(
    "filter",
    read=PRESENTATION | words("type sql default_value datatype convert_tz"),
    without_effect=FIELD_WITHOUT_EFFECT | words("required timeframes primary_key"),
)
PARAMETER = Vocabulary(
    "parameter",
    read=PRESENTATION | words("type allowed_value default_value convert_tz"),
    without_effect=FIELD_WITHOUT_EFFECT | words("required datatype sql"),
)
_ALLOWED = Vocabulary("allowed_value", read=words("label value"))
_SAME_AS = {
    "int": InputType.NUMBER,
    "decimal": InputType.NUMBER,
    "time": InputType.DATE_TIME,
    "datetime": InputType.DATE_TIME,
    "date_raw": InputType.DATE_TIME,
    "date_date": InputType.DATE,
    "tier": InputType.STRING,
    "zipcode": InputType.STRING,
    "location": InputType.STRING,
    "field_filter": InputType.STRING,
}
"""Types that fields have, and the one of an input that comes nearest."""
_TIMES = frozenset({InputType.DATE, InputType.DATE_TIME})


def read_filter_field(block: Block, problems: Problems, hidden: bool = False) -> FilterField | LeftOut:
    given = Parameters(block, FILTER, problems)
    kind = _type(given)
    sql = given.sql("sql")
    found = presentation_of(given, hidden)
    datatype = given.choice("datatype", Datatype, Datatype.DATETIME) if kind in _TIMES else None
    if given.reason is not None or kind is None:
        return LeftOut(block.name, given.reason or "")
    return FilterField(
        name=block.name,
        type=kind,
        label=label_in(given),
        origin=block.origin,
        sql=sql,
        default_value=given.text("default_value") or "",
        datatype=datatype,
        convert_tz=given.yesno("convert_tz", True),
        **found,
    )


def read_parameter(block: Block, problems: Problems, hidden: bool = False) -> Parameter | LeftOut:
    given = Parameters(block, PARAMETER, problems)
    kind = _type(given)
    allowed = _allowed_values(given)
    found = presentation_of(given, hidden)
    if given.reason is not None or kind is None:
        return LeftOut(block.name, given.reason or "")
    return Parameter(
        name=block.name,
        type=kind,
        label=label_in(given),
        origin=block.origin,
        allowed_values=allowed,
        default_value=given.text("default_value") or "",
        convert_tz=given.yesno("convert_tz", True),
        **found,
    )


def _type(given: Parameters) -> InputType | None:
    written = given.text("type")
    if written is None:
        return InputType.STRING
    word = written.lower()
    near = _SAME_AS.get(word) or (
        InputType.DATE if word.startswith("date_") and word != "date_time" else None
    )
    if near is not None:
        given.warn("type", f"type {written!r} of a {given.block.key} is read as {near}")
        return near
    return given.member("type", written, InputType)


def _allowed_values(given: Parameters) -> tuple[AllowedValue, ...]:
    found: list[AllowedValue] = []
    for block in given.unnamed("allowed_value"):
        inner = Parameters(block, _ALLOWED, given.problems)
        value, label = inner.text("value"), inner.text("label")
        if value is None and label is None:
            given.problems.error(block.origin, f"an allowed_value of {given.block.name} has no value")
            continue
        value = label if value is None else value
        found.append(AllowedValue(value or "" if label is None else label, value or ""))
    return tuple(found)
