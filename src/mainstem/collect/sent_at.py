"""Keep beside each event of a batch when the batch was sent, so that a skewed clock can be corrected.

Segment's SDKs and Python's say it once, beside the batch, where RudderStack does not look. It is asked
only of batches that were accepted, and never touches the event itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.collect.body import read_body
from mainstem.collect.replies import Reply
from mainstem.events import decode_received, encode_received, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.collect.request import Outcome, Request


_LONGEST = 64  # it stands in every record; a time may be written with any number of decimals


class _Envelope(msgspec.Struct, gc=False, rename="camel"):
    sent_at: Any = None


_decode_envelope = msgspec.json.Decoder(_Envelope).decode


def with_sent_at(answer: Callable[[Request], Outcome], limit: int, request: Request) -> Outcome:
    """What `answer` makes of a batch, with the batch's `sentAt` in every record where it is a time."""
    outcome = answer(request)
    if isinstance(outcome, Reply) or not outcome.records:
        return outcome
    sent_at = _decode_envelope(read_body(request.headers, request.body, limit)).sent_at
    if not isinstance(sent_at, str) or len(sent_at) > _LONGEST or parse_time(sent_at) is None:
        return outcome
    records = [
        encode_received(msgspec.structs.replace(decode_received(record), sent_at=sent_at))
        for record in outcome.records
    ]
    return msgspec.structs.replace(outcome, records=records)
