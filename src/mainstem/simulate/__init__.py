"""A small company that behaves like one: website visitors and self-hosted servers, as SDK calls.

The same seed and the same moment give the same calls with the same message ids. `plan_company` decides
purely, `send` acts, and only through the public API of the real, unmodified SDKs: nothing here writes to a
log or a table.
"""

from __future__ import annotations

from mainstem.simulate.call import Call, CallType, Sdk
from mainstem.simulate.company import plan_company
from mainstem.simulate.send import SentReport, WriteKeys, send

__all__ = ["Call", "CallType", "Sdk", "SentReport", "WriteKeys", "plan_company", "send"]
