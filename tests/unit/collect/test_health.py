from __future__ import annotations

import asyncio
import json

from mainstem.collect.health import Health
from mainstem.collect.intake import Intake
from mainstem.testing.gateway import RecordingLog


def test_health_is_down_for_a_while_after_the_log_refused_and_then_up_again() -> None:
    async def check() -> None:
        log = RecordingLog()
        await log.append([b"12345"])
        intake = Intake(log, RecordingLog(), 1000)
        time = 50.0
        health = Health(intake, log, started_at="S", recovery=5, now=lambda: time, free_disk_bytes=lambda: 77)
        facts = json.loads(health().body)
        assert facts == {
            "appType": "GATEWAY",
            "server": "UP",
            "db": "UP",
            "acceptingEvents": "TRUE",
            "routingEvents": "TRUE",
            "mode": "NORMAL",
            "backendConfigMode": "JSON",
            "lastSync": "S",
            "lastRegulationSync": "",
            "logEnd": 5,
            "waitingBytes": 0,
            "freeDiskBytes": 77,
        }
        intake.failed_at = 48.0
        reply = health()
        down = json.loads(reply.body)
        assert (reply.status, down["db"], down["acceptingEvents"]) == (503, "DOWN", "FALSE")
        time = 53.0
        assert health().status == 200

    asyncio.run(check())


def test_health_is_told_though_nobody_can_say_how_full_the_disk_is() -> None:
    def gone() -> int:
        raise FileNotFoundError("the folder was moved")

    async def check() -> None:
        log = RecordingLog()
        intake = Intake(log, RecordingLog(), 1000)
        health = Health(intake, log, started_at="S", recovery=5, now=lambda: 0.0, free_disk_bytes=gone)
        reply = health()
        assert (reply.status, json.loads(reply.body)["freeDiskBytes"]) == (200, None)

    asyncio.run(check())
