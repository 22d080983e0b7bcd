"""The load generator `wrk`: one request, over and over, on connections that stay open.

It runs on another core than what it loads, so that it takes no time from it.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import msgspec

from benchmarks.processes import cores
from benchmarks.tools import require

_SCRIPT = """\
local file = io.open("{body}", "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
file:close()
{headers}
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {{"requests": %d, "refused": %d, "broken": %d, ' ..
    '"microseconds": %d, "p50_us": %d, "p99_us": %d}}\\n',
    summary.requests, e.status, e.connect + e.read + e.write + e.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
"""
_SPARE_SECONDS = 30


class Load(msgspec.Struct, frozen=True):
    """What one run of the generator saw."""

    requests: int
    """Answers that came."""
    refused: int
    """Answers among them that were no 200."""
    broken: int
    """Connections that failed, and answers that did not come in time."""
    microseconds: int
    p50_us: int
    p99_us: int

    @property
    def accepted(self) -> int:
        """Requests answered 200 (neither server here gives another 2xx or a 3xx)."""
        return self.requests - self.refused

    @property
    def seconds(self) -> float:
        return self.microseconds / 1e6


class PostedBody(msgspec.Struct, frozen=True):
    """The request to repeat."""

    path: str
    body: bytes
    headers: dict[str, str]


def run_wrk(url: str, request: PostedBody, connections: int, seconds: float, scratch: Path) -> Load:
    """Repeat `request` for about `seconds`. Raises ToolMissing."""
    program = require("wrk", "taskset")["wrk"]
    with tempfile.TemporaryDirectory(prefix="wrk-", dir=scratch) as folder:
        body, script = Path(folder) / "body", Path(folder) / "request.lua"
        body.write_bytes(request.body)
        headers = "\n".join(
            f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}"
            for name, value in request.headers.items()
        )
        script.write_text(_SCRIPT.format(body=body, headers=headers), encoding="utf-8")
        command = [
            *("taskset", "--cpu-list", str(cores()[1]), str(program)),
            *("-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"),
            *("-s", str(script), url + request.path),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=seconds + _SPARE_SECONDS
        )
    return parse_result(done.stdout)


def parse_result(printed: str) -> Load:
    """The line our script prints. Raises ValueError when there is none."""
    for line in printed.splitlines():
        if line.startswith("RESULT "):
            return msgspec.json.decode(line.removeprefix("RESULT "), type=Load)
    raise ValueError(f"wrk gave no result: {printed.strip()!r}")
