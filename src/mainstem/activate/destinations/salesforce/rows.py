"""Rows written by collections of 200: each by itself, told of in its place.

A call that is refused whole is tried again in halves, so that the row that spoils it stands alone with its
reason. A call that was not answered is not sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.activate.contract import Op, Result
from mainstem.activate.destinations.salesforce.troubles import of_whole_request, told
from mainstem.activate.destinations.salesforce.values import record
from mainstem.errors import ApiRefused, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.activate.contract import Batch, Write
    from mainstem.activate.destinations.salesforce.describing import Described
    from mainstem.saas import ApiSession

LARGEST = 200


class RowWriter:
    def __init__(self, session: ApiSession, data: str) -> None:
        """`session` sends no write twice."""
        self._session = session
        self._records = f"{data}/composite/sobjects"

    def write(self, batch: Batch, found: Described) -> list[Result]:
        """As a destination's `write`, of at most 200 writes."""
        return self._written(batch, found, batch.writes)

    def _written(self, batch: Batch, found: Described, writes: Sequence[Write]) -> list[Result]:
        try:
            answers = self._sent(batch, found, writes)
        except ApiRefused as e:
            if len(writes) == 1:
                refusal = of_whole_request(writes[0], batch.match, str(e))
                return [Result(writes[0].number, writes[0].id, refusal)]
            half = len(writes) // 2
            return [
                *self._written(batch, found, writes[:half]),
                *self._written(batch, found, writes[half:]),
            ]
        if not isinstance(answers, list) or len(answers) != len(writes):
            raise OutcomeUnknown(f"{self._records} did not tell of each of {len(writes)} rows")
        return [_result(write, batch.match, one) for write, one in zip(writes, answers, strict=True)]

    def _sent(self, batch: Batch, found: Described, writes: Sequence[Write]) -> Any:
        if batch.op is Op.DELETE:
            ids = ",".join(write.id for write in writes)
            asked = {"ids": ids, "allOrNone": "false"}
            return self._session.delete(self._records, params=asked).json()
        body = {"allOrNone": False, "records": [record(write, found, batch.match) for write in writes]}
        method = "POST" if batch.op is Op.CREATE else "PATCH"
        return self._session.request(method, self._records, json=body).json()


def _result(write: Write, match: str, answer: Any) -> Result:
    if answer["success"]:
        return Result(write.number, answer.get("id") or write.id)
    errors = answer.get("errors") or [{"statusCode": "UNKNOWN", "message": "no reason was told"}]
    return Result(write.number, write.id, told(write, match, errors[0]))
