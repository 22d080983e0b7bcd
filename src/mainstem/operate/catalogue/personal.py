"""Whether a column may hold something about a person: by its name, and by what detectors find in its values.

Pure. It errs on the side of saying so: a column that is wrongly called personal merely shows no samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mainstem.privacy.detectors import DETECTORS
from mainstem.privacy.names import bare
from mainstem.privacy.text import Redaction, is_mark
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = {
    "name": frozenset(
        {"firstname", "lastname", "fullname", "surname", "middlename", "givenname", "familyname", "username",
         "nickname", "displayname"}
    ),
    "address": frozenset(
        {"street", "streetaddress", "address", "addressline1", "addressline2", "zip", "zipcode", "postalcode",
         "postcode", "housenumber"}
    ),
    "birth": frozenset({"birthday", "birthdate", "dob", "dateofbirth", "birth"}),
    "ip": frozenset({"ip", "ipaddress", "requestip", "passedip"}),
    "location": frozenset({"lat", "lng", "lon", "latitude", "longitude"}),
    "government_id": frozenset({"ssn", "socialsecuritynumber", "taxid", "passport", "passportnumber"}),
    "person_id": frozenset({"userid", "anonymousid", "previousid", "rudderid"}),
    "device_id": frozenset({"deviceid", "advertisingid", "idfa", "idfv", "gaid", "androidid"}),
}  # fmt: skip
"""Names, bare, as the last words of a column's."""

_TRAITS = frozenset({"users", "identifies"})
"""Tables in which a bare `name` is a person's."""
_LAST_WORDS = 3
_OF_NUMBERS = frozenset({"phone", "card"})


@dataclass(frozen=True)
class Finding:
    pii: str
    """The class."""
    by: Literal["name", "values", "name and values", "masked"]
    share: float = 0.0
    """Of the distinct values that were looked at."""

    @property
    def is_masked(self) -> bool:
        return self.by == "masked"


class PersonalData:
    """Remembers clean texts, so that one looks at many columns. Not to be shared between threads."""

    def __init__(self) -> None:
        self._mask = Redaction({detector.name: "mask" for detector in DETECTORS})
        self._each = [(detector, Redaction({detector.name: "mask"})) for detector in DETECTORS]

    def masked(self, text: str) -> str:
        """`text` without anything that detectors know."""
        return self._mask.clean(text) or "[masked]"

    def find(self, table: str, column: str, kind: ColumnType, values: Sequence[str]) -> Finding | None:
        """What `column` seems to hold, seen its distinct `values`, or some of them."""
        if kind in (ColumnType.BOOLEAN, ColumnType.DATETIME):
            return _born(column) if kind is ColumnType.DATETIME else None
        named = self._named(table, column, kind)
        marks = sum(map(is_mark, values))
        found, hits = self._in_values(kind, [value for value in values if not is_mark(value)])
        share = round(hits / len(values), 4) if values else 0.0
        if found is not None:
            return Finding(found, "name and values" if found == named else "values", share)
        if values and marks == len(values):
            return Finding(named or _class_of(values[0]), "masked")
        return None if named is None else Finding(named, "name")

    def _named(self, table: str, column: str, kind: ColumnType) -> str | None:
        short = bare(column)
        for detector, _ in self._each:
            if detector.is_name(short) and (kind is ColumnType.STRING or detector.name in _OF_NUMBERS):
                return detector.name
        if short == "contexttraitsname" or (short == "name" and table in _TRAITS):
            return "name"
        words = column.lower().strip("_").split("_")
        endings = {"".join(words[-n:]) for n in range(1, _LAST_WORDS + 1)}
        return next((pii for pii, names in _NAMES.items() if endings & names), None)

    def _in_values(self, kind: ColumnType, values: Sequence[str]) -> tuple[str | None, int]:
        """The detector that finds something in most values, and in how many."""
        if kind is ColumnType.FLOAT:
            return None, 0
        best: tuple[str | None, int] = (None, 0)
        for detector, redaction in self._each:
            if kind is ColumnType.INT and detector.name != "card":
                continue  # digits alone are an id, an amount or a moment
            hits = sum(redaction.clean(value) != value for value in values)
            if hits > best[1]:
                best = (detector.name, hits)
        return best


def _born(column: str) -> Finding | None:
    words = column.lower().strip("_").split("_")
    endings = {"".join(words[-n:]) for n in range(1, _LAST_WORDS + 1)}
    return Finding("birth", "name") if endings & _NAMES["birth"] else None


def _class_of(mark: str) -> str:
    """What stood there before it was masked."""
    inner = mark.strip("[]")
    return inner if inner in {detector.name for detector in DETECTORS} else "person_id"
