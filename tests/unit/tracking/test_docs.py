"""The examples of docs/tracking-plans.md, run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # its types are a package of their own
import msgspec
import yaml
from click.testing import CliRunner

from mainstem.cli.tracking import command
from mainstem.events import Sending
from mainstem.tracking import TrackingSettings, TrackingStep
from mainstem.tracking.codegen import generate
from mainstem.tracking.plan import PLANNED_TYPES, TYPES, UNPLANNED
from mainstem.tracking.read import parse_plan
from mainstem.tracking.schema import file_schema

DOC = (Path(__file__).parents[3] / "docs" / "tracking-plans.md").read_text(encoding="utf-8")
FILE = Path("tracking-plan/website.yml")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)


def test_the_plan_reads_and_its_event_becomes_what_is_shown() -> None:
    (text,) = blocks("yaml")
    jsonschema.validate(yaml.safe_load(text), file_schema())
    event, context = map(json.loads, blocks("json"))
    step = TrackingStep("website", parse_plan(text, FILE))
    assert step(event, Sending("", "2026-01-02T03:04:05.678Z", {})) is None
    assert event["context"] == context


def test_the_python_example_calls_what_is_generated() -> None:
    sent: list[dict[str, Any]] = []

    class Client:
        def __init__(self, *_: Any, **__: Any) -> None: ...

        def track(self, **message: Any) -> None:
            sent.append(message)

    namespace: dict[str, Any] = {}
    (plan,) = blocks("yaml")
    exec(generate(parse_plan(plan, FILE), "python"), namespace)  # noqa: S102 # the example itself
    (example,) = blocks("python")
    exec(example.partition("\n")[2], {**namespace, "Client": Client})  # noqa: S102 # likewise
    assert sent[0]["properties"] == {"total": 9.5, "currency": "EUR", "lines": [{"sku": "A-1"}]}


def test_every_command_it_shows_exists_with_its_options() -> None:
    shown = [line.split()[3:] for block in blocks("console") for line in block.splitlines()]
    assert {words[0] for words in shown} == {"infer", "import", "codegen"}
    for words in shown:
        help_text = CliRunner().invoke(command, [words[0], "--help"]).output
        assert all(word in help_text for word in words if word.startswith("-"))


def test_it_names_every_type_action_and_setting() -> None:
    words: list[str] = [*TYPES, *UNPLANNED, *PLANNED_TYPES]
    settings = {field.name for field in msgspec.structs.fields(TrackingSettings)}
    words += sorted(settings - {"project_dir", "save_interval", "max_properties_per_source"})
    assert [word for word in words if word not in DOC] == []
