"""What generated code looks like; that it works with the SDKs is in tests/journey/test_codegen.py."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mainstem.tracking import Plan, PlannedEvent, PropertyRule
from mainstem.tracking.codegen import generate
from mainstem.tracking.codegen.names import Names, camel_case, pascal_case, snake_case

if TYPE_CHECKING:
    from pathlib import Path

NASTY = 'x*/ """ \\ ${1} `\' \n é'
PLAN = Plan(
    "web-shop",
    7,
    description=NASTY,
    events=(
        PlannedEvent(
            "Order Completed",
            description=NASTY,
            since="1.4",
            deprecated=NASTY,
            properties={
                "class": PropertyRule(("boolean",), required=True, description=NASTY),
                "user_id": PropertyRule(("string",)),
                NASTY: PropertyRule(("string", "integer"), nullable=True),
                "pick": PropertyRule(("string",), enum=("a", NASTY)),
                "size": PropertyRule(("number",), enum=(1.5, 2)),
                "deep": PropertyRule(
                    ("object",),
                    properties={
                        "x-y": PropertyRule(("datetime",), required=True),
                        "er": PropertyRule(("object",), properties={"z": PropertyRule(("any",))}),
                    },
                ),
                "list": PropertyRule(
                    ("array",), items=PropertyRule(("object",), properties={"n": PropertyRule(("integer",))})
                ),
            },
        ),
        PlannedEvent("order_completed"),
        PlannedEvent("9 Lives"),
        PlannedEvent("日本"),
        PlannedEvent(type="page"),
        PlannedEvent(type="identify", properties={"age": PropertyRule(("integer",))}),
        PlannedEvent(type="group", context={"a": PropertyRule(required=True)}),
    ),
)


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_the_same_plan_gives_the_same_code_and_says_which_plan_it_was(language: str) -> None:
    code = generate(PLAN, language)
    assert code == generate(PLAN, language)
    assert "web-shop, version 7" in "\n".join(code.splitlines()[:3])


def test_names_are_legal_and_told_apart() -> None:
    assert [snake_case(text) for text in ("Order Completed", "orderCompleted", "9 Lives", "日本")] == [
        "order_completed",
        "order_completed",
        "_9_lives",
        "unnamed",
    ]
    assert (camel_case("API key used"), pascal_case("page Home")) == ("apiKeyUsed", "PageHome")
    names = Names({"class"})
    assert [names.take(name) for name in ("class", "a", "a", "a")] == ["class_", "a", "a_2", "a_3"]


def test_generated_python_runs_whatever_the_plan_says_in_words() -> None:
    namespace: dict[str, object] = {}
    exec(compile(generate(PLAN, "python"), "events.py", "exec"), namespace)  # noqa: S102 # what is under test
    assert namespace["PLAN_VERSION"] == 7
    methods = {name for name in vars(namespace["WebShop"]) if not name.startswith("__")}
    assert {
        "order_completed",
        "order_completed_2",
        "_9_lives",
        "unnamed",
        "page",
        "identify",
        "group",
    } <= methods


@pytest.mark.long
def test_generated_python_passes_mypy_strict(tmp_path: Path) -> None:
    (tmp_path / "events.py").write_text(generate(PLAN, "python"), encoding="utf-8")
    (tmp_path / "use.py").write_text(
        """
from __future__ import annotations
from datetime import datetime
from events import WebShop, UNSET

def use(client: WebShop) -> None:
    client.order_completed(user_id="u", class_=True, deep={"x-y": datetime.now()}, user_id_=UNSET)
    client.order_completed(user_id="u", class_="no")  # type: ignore[arg-type]
    client.order_completed(user_id="u")  # type: ignore[call-arg]
    client.group("u", "g", context={"a": 1})
""",
        encoding="utf-8",
    )
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            f"--cache-dir={tmp_path}/cache",
            "use.py",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
