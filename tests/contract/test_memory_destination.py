"""The destination in memory keeps the contract it is used in place of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.activate import Trouble
from mainstem.testing.destination_contract import DestinationContract
from mainstem.testing.destination_subject import DestinationSubject, Sample, Trial
from mainstem.testing.memory_crm import Mishap
from mainstem.testing.memory_destination import MemoryDestination, memory_crm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.activate import Destination, Value


class MemorySubject(DestinationSubject):
    sample = Sample(
        object="Account",
        match="ExternalId",
        needed={"Name": "Company"},
        values={
            "ActiveUsers": (3, 0),
            "Coverage": (0.25, 1.0),
            "IsHealthy": (True, False),
            "LastActiveOn": ("2026-11-23", "2026-01-01"),
            "AsOf": ("2026-11-23T09:00:00.000Z", "2026-11-24T09:00:00.000Z"),
            "Health": ("green", "red"),
            "Uses": ("alerts;boards", "exports"),
        },
        refused={"Health": "purple"},
        shared="Website",
        reference="ParentId",
        parent="Account",
        parent_match="Website",
        parent_needed={"Name": "Parent", "ExternalId": None},
    )
    can = frozenset({Trial.ANSWER_LOST, Trial.REQUEST_LOST, Trial.QUOTA_SPENT, Trial.ROW_LOCKED})

    def __init__(self, *, tells: bool) -> None:
        self._crm = memory_crm()
        self._tells = tells

    def opened(self) -> Destination:
        return MemoryDestination(self._crm, tells=self._tells)

    def add(self, name: str, values: Mapping[str, Value]) -> str:
        return self._crm.add(name, values)

    def edit(self, name: str, number: str, values: Mapping[str, Value]) -> None:
        self._crm.edit(name, number, values)

    def remove(self, name: str, number: str) -> None:
        self._crm.remove(name, number)

    def records(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        held = self._crm.records.get(name, {})
        return {number: record.values for number, record in held.items() if record.values.get("ExternalId")}

    def plan(self, trial: Trial) -> None:
        if trial is Trial.ROW_LOCKED:
            self._crm.trip(Mishap.REFUSED, Trouble.LOCKED, rows=1)
            return
        mishaps = {
            Trial.ANSWER_LOST: Mishap.LOST_AFTER,
            Trial.REQUEST_LOST: Mishap.LOST_BEFORE,
            Trial.QUOTA_SPENT: Mishap.QUOTA,
        }
        self._crm.trip(mishaps[trial])


@pytest.mark.parametrize("tells", [True, False])
class TestMemoryDestination(DestinationContract):
    @pytest.fixture
    def subject(self, tells: bool) -> DestinationSubject:
        return MemorySubject(tells=tells)
