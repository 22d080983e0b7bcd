"""What Salesforce says of a row that it refuses, as what is done about it. Pure.

Codes: "StatusCode" in its SOAP API guide, which REST and Bulk use too. One that is not known here is taken
for trouble of the row's values, so that it stays due and is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mainstem.activate.contract import Op, Refusal, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.activate.contract import Write

_TROUBLES = {
    "UNABLE_TO_LOCK_ROW": Trouble.LOCKED,
    "SERVER_UNAVAILABLE": Trouble.AGAIN,
    "REQUEST_RUNNING_TOO_LONG": Trouble.AGAIN,
    "QUERY_TIMEOUT": Trouble.AGAIN,
    "UNKNOWN_EXCEPTION": Trouble.AGAIN,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": Trouble.AGAIN,
    "INSUFFICIENT_ACCESS": Trouble.RIGHTS,
    "INSUFFICIENT_ACCESS_OR_READONLY": Trouble.RIGHTS,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": Trouble.RIGHTS,
    "INVALID_FIELD_FOR_INSERT_UPDATE": Trouble.RIGHTS,
    "FIELD_INTEGRITY_EXCEPTION": Trouble.DATA,
    "INVALID_TYPE": Trouble.RIGHTS,
    "OPERATION_NOT_ALLOWED": Trouble.RIGHTS,
    "ENTITY_IS_DELETED": Trouble.GONE,
    "NOT_FOUND": Trouble.GONE,
}
_NO_PARENT = re.compile(r"^Foreign key external ID: .* not found for field", re.S)
_CODE = re.compile(r'"errorCode"\s*:\s*"(\w+)"')
_MESSAGE = re.compile(r'"message"\s*:\s*"((?:[^"\\]|\\.)*)')
_LEFT_BEHIND = "UNABLE_TO_LOCK_ROW"


def refusal(write: Write, match: str, code: str, message: str, fields: tuple[str, ...] = ()) -> Refusal:
    """Of one write of a batch that is matched by `match`."""
    return Refusal(_trouble(write, match, code, message, fields), code, message, fields)


def told(write: Write, match: str, error: Mapping[str, Any]) -> Refusal:
    """Of an error as collections have it: `statusCode`, `message`, `fields`."""
    code = str(error.get("statusCode") or error.get("errorCode") or "UNKNOWN")
    return refusal(write, match, code, str(error.get("message", "")), tuple(error.get("fields") or ()))


def written_out(write: Write, match: str, text: str) -> Refusal:
    """Of an `sf__Error` of a Bulk result: `CODE:message:Field1 Field2 --`."""
    code, _, rest = text.partition(":")
    message, _, last = rest.rpartition(":")
    fields = tuple(word for word in last.removesuffix("--").replace(",", " ").split() if word != "--")
    return refusal(write, match, code.strip(), message.strip() or rest.strip(), fields)


def of_whole_request(write: Write, match: str, text: str) -> Refusal:
    """Of a request that was refused whole, with this one write in it; `text` shows the answer."""
    code, message = _CODE.search(text), _MESSAGE.search(text)
    return refusal(
        write, match, code[1] if code else "REFUSED", message[1].replace('\\"', '"') if message else text
    )


def _trouble(write: Write, match: str, code: str, message: str, fields: tuple[str, ...]) -> Trouble:
    if _LEFT_BEHIND in message:  # a trigger or a flow of theirs met a lock
        return Trouble.LOCKED
    if _NO_PARENT.match(message):
        return Trouble.PARENT
    if code == "DUPLICATE_VALUE":
        is_key = write.op is Op.CREATE and (match in fields or f" {match} " in f" {message} ")
        return Trouble.TAKEN if is_key else Trouble.DATA
    if code in ("INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"):
        return Trouble.GONE if write.op is not Op.CREATE and not fields else Trouble.PARENT
    return _TROUBLES.get(code, Trouble.DATA)
