from __future__ import annotations

import json

from click.testing import CliRunner

from mainstem.cli.load import command


def test_explain_answers_each_line_of_stdin_with_a_line() -> None:
    case = {"provider": "ducklake", "message": {"type": "page", "name": "Café"}}
    done = CliRunner().invoke(
        command, ["explain"], input=f"{json.dumps(case)}\nnonsense\n", catch_exceptions=False
    )
    assert done.exit_code == 0
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["output"][0]["data"]["name"] == "Café"
    assert second["error"].startswith("line 2: ")
