from __future__ import annotations

import json

from mainstem.load.explain import explain


def answers(*lines: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in explain(line.encode() for line in lines)]


def test_every_line_is_answered_and_a_bad_one_names_itself() -> None:
    good = '{"provider": "ducklake", "message": {"type": "page", "name": "Home"}}'
    first, second, third, fourth = answers(good, "{", '{"provider": "oracle", "message": {}}', good)
    assert "output" in first
    assert "output" in fourth
    assert str(second["error"]).startswith("line 2: ")
    assert third["error"] == "line 3: no provider 'oracle' (valid: ducklake, postgres, redshift, snowflake)"


def test_arrays_stay_lists() -> None:
    line = '{"provider":"postgres","message":{"type":"group","messageId":"m","traits":{"tags":["a",1.0]}}}'
    (answer,) = answers(line)
    assert json.loads(json.dumps(answer))["output"][0]["data"]["tags"] == ["a", 1]
