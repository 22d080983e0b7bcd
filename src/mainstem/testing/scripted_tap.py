"""A Singer tap that does what a file says, well or badly. A program of the standard library alone.

`catalog.json` beside it is what it discovers, `script.json` the steps of a run by the number of the run: a
message; or `raw`, `say`, `exit`, `hang`, `child`, `config`, `rows`. What it was called with is a line
of `called.jsonl`. `{"wants": "--properties"}` as a first step has it end at once with another flag.
"""

# ruff: noqa: T201  # it is a program, and prints what a tap prints

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def main() -> None:
    arguments = sys.argv[1:]
    if "--help" in arguments:
        print((HERE / "help.txt").read_text())
        return
    given = dict(zip(arguments[::2], arguments[1::2], strict=False))
    if "--discover" in arguments:
        print((HERE / "catalog.json").read_text())
        return
    flag = next(flag for flag in ("--catalog", "--properties") if flag in given)
    files = {name: json.loads(Path(path).read_text()) for name, path in given.items()}
    called = HERE / "called.jsonl"
    number = len(called.read_text().splitlines()) if called.exists() else 0
    with called.open("a") as file:
        file.write(json.dumps({"flag": flag, "pid": os.getpid(), "files": files, "cwd": str(Path.cwd()),
                               "environment": dict(os.environ)}) + "\n")  # fmt: skip
    runs = json.loads((HERE / "script.json").read_text())
    for step in runs[min(number, len(runs) - 1)]:
        if step.get("wants", flag) != flag:
            return
        _do(step, given["--config"])


def _do(step: dict[str, Any], config: str) -> None:
    match step:
        case {"type": _}:
            print(json.dumps(step), flush=True)
        case {"raw": text}:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.flush()
        case {"say": text}:
            print(text, file=sys.stderr, flush=True)
        case {"exit": status}:
            sys.exit(status)
        case {"hang": _}:
            time.sleep(600)
        case {"child": _}:
            child = subprocess.Popen(_SLEEP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            (HERE / "child.pid").write_text(str(child.pid))
        case {"config": changes}:
            held = json.loads(Path(config).read_text())
            Path(config).write_text(json.dumps({**held, **changes}))
        case {"rows": count, "stream": stream}:
            for number in range(count):
                record = {"id": number, "text": "x" * 100}
                print(json.dumps({"type": "RECORD", "stream": stream, "record": record}))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
