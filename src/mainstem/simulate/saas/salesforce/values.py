"""Values of fields: as they are kept, as JSON and CSV give them, and as they are shown.

Moments are kept as datetimes, days as dates, numbers as floats. What a field cannot hold is refused with
Salesforce's code for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.salesforce.ids import long_id

if TYPE_CHECKING:
    from mainstem.simulate.saas.salesforce.schema import Field

NULL = "#N/A"
"""What a CSV has for a value that is to be emptied; a blank leaves it as it is."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBERS = ("double", "currency", "percent")


class RowError(Exception):
    """Why a row is not written: Salesforce's code, words and fields."""

    def __init__(self, code: str, message: str, *fields: str) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, list(fields)

    def shown(self) -> dict[str, Any]:
        """As an answer about several rows has it."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields}


def locked() -> RowError:
    """Somebody else is writing this row."""
    return RowError("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")


@dataclass(frozen=True)
class Failing:
    """The first `rows` of a write fail, with a code of Salesforce's."""

    rows: int = 0
    code: str = ""

    def meet(self, place: int) -> None:
        """Raises RowError for a row that is to fail."""
        if place < self.rows:
            raise RowError(self.code, "it was planned") if self.code else locked()


def read(field: Field, given: Any) -> Any:
    """A value of JSON, or a text of CSV, as it is kept. Raises RowError."""
    if isinstance(given, str) and field.type not in ("id", "reference"):
        given = given.strip()
    if given is None or given == "":
        return None
    try:
        value = _read(field, given)
    except (ValueError, TypeError) as e:
        code = "MALFORMED_ID" if field.type in ("id", "reference") else "INVALID_TYPE_ON_FIELD_IN_RECORD"
        raise RowError(code, f"{field.name}: value not of required type: {given}", field.name) from e
    if isinstance(value, str) and field.length and len(value) > field.length:
        message = f"{field.name}: data value too large: {value[:100]} (max length={field.length})"
        raise RowError("STRING_TOO_LONG", message, field.name)
    if field.choices and isinstance(value, str):
        wrong = [one for one in value.split(";") if one not in field.choices]
        if wrong:
            message = f"{field.name}: bad value for restricted picklist field: {wrong[0]}"
            raise RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, field.name)
    if field.type == "multipicklist" and field.choices:
        value = ";".join(one for one in field.choices if one in value.split(";"))
    if field.type == "email" and not _EMAIL.fullmatch(value):
        raise RowError("INVALID_EMAIL_ADDRESS", f"{field.name}: invalid email address: {value}", field.name)
    return value


def shown(value: Any, *, csv: bool = False) -> Any:
    """A value that is kept as JSON has it, or as the text of a CSV."""
    match value:
        case datetime():
            text = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}"
            return f"{text}{'Z' if csv else '+0000'}"
        case date():
            return value.isoformat()
        case None if csv:
            return ""
        case bool() if csv:
            return "true" if value else "false"
        case float() | int() if csv:
            return repr(value)
        case _:
            return value


def _read(field: Field, given: Any) -> Any:
    kind = field.type
    if kind == "boolean":
        return _truth(given)
    if kind in _NUMBERS:
        return float(_no_truth(given))
    if kind == "int":
        return int(_no_truth(given))
    if kind == "date":
        return date.fromisoformat(given[:10])
    if kind == "datetime":
        found = datetime.fromisoformat(given).replace(microsecond=0)  # seconds are as exact as they are
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    if kind in ("id", "reference"):
        return long_id(given)
    if not isinstance(given, str):
        raise TypeError(given)
    return given


def _truth(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    return {"true": True, "false": False, "1": True, "0": False}[str(given).lower()] if given else False


def _no_truth(given: Any) -> Any:
    if isinstance(given, bool):
        raise TypeError(given)
    return given
