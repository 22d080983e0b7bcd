from __future__ import annotations

from pathlib import Path

import jsonschema  # type: ignore[import-untyped] # its types are a package of their own
import pytest
import yaml

from mainstem.errors import TrackingPlanError
from mainstem.tracking import Plan, PlannedEvent, PropertyRule
from mainstem.tracking.read import parse_plan, read_plan
from mainstem.tracking.schema import file_schema

FILE = Path("tracking-plan/website.yml")


def problems(text: str, file: Path = FILE) -> list[str]:
    with pytest.raises(TrackingPlanError) as caught:
        parse_plan(text, file)
    return [line.removeprefix(f"{file}:") for line in str(caught.value).splitlines()]


def test_a_plan_is_what_its_file_says() -> None:
    plan = parse_plan(
        """
version: 3
description: The shop.
owner: growth
unplanned_events: drop
max_events_per_source: 9
context:
  app.version: string
events:
  - name: Signed Up
    since: 1.10
    sample_rate: 0.5
    deprecated: use Joined
    properties:
      plan: {type: string, enum: [free, team], required: true}
      seats: [integer, "null"]
      address.city: {type: string, required: true}
      address.zip: string
      items: {items: {properties: {sku: string}}}
      a\\.b: any
  - type: identify
    traits: {age: integer}
""",
        FILE,
    )
    assert plan == Plan(
        id="website",
        version=3,
        description="The shop.",
        owner="growth",
        unplanned_events="drop",
        max_events_per_source=9,
        context={"app": PropertyRule(("object",), properties={"version": PropertyRule(("string",))})},
        events=(
            PlannedEvent(
                "Signed Up",
                since="1.10",
                sample_rate=0.5,
                deprecated="use Joined",
                properties={
                    "plan": PropertyRule(("string",), required=True, enum=("free", "team")),
                    "seats": PropertyRule(("integer",), nullable=True),
                    "address": PropertyRule(
                        ("object",),
                        required=True,
                        properties={
                            "city": PropertyRule(("string",), required=True),
                            "zip": PropertyRule(("string",)),
                        },
                    ),
                    "items": PropertyRule(
                        ("array",),
                        items=PropertyRule(("object",), properties={"sku": PropertyRule(("string",))}),
                    ),
                    "a.b": PropertyRule(),
                },
            ),
            PlannedEvent(type="identify", properties={"age": PropertyRule(("integer",))}),
        ),
    )


def test_every_mistake_of_a_file_is_told_at_once_with_its_line_and_what_is_valid() -> None:
    assert problems(
        """\
verion: 1
violations: drop
unplanned_events: [x]
events:
  - name: A
    type: click
    sample_rate: 2
    since: soon
    properties:
      plan: {type: text, requird: true}
      n: {type: integer, enum: [1, two]}
      code: {type: string, pattern: '(a+)+$'}
      list: {type: string, items: string}
  - type: identify
    name: X
    properties: {a: string}
  - name: A
    properties: 5
  - {}
"""
    ) == [
        "1: the plan: there is no key 'verion' (valid: context, description, events, "
        "max_events_per_source, max_properties_per_event, owner, unplanned_events, unplanned_properties, "
        "version, violations)",
        "1: the plan has no version (valid: version: 1, raised with every change)",
        "2: the plan: violations is 'drop' (valid: annotate, quarantine)",
        "3: the plan: unplanned_events is a list (valid: allow, annotate, quarantine, drop)",
        "6: an event: type is 'click' (valid: track, page, screen, identify, group)",
        "7: event 'A': sample_rate is '2' (valid: above 0 and at most 1)",
        "8: event 'A': since is 'soon' (valid: a product version such as 2.4 or 2.4.1-beta)",
        "10: properties of event 'A': 'plan': there is no key 'requird' "
        "(valid: description, enum, items, nullable, pattern, properties, required, type)",
        "10: properties of event 'A': 'plan': type is 'text' (valid: string, integer, "
        "number, boolean, object, array, datetime, any, or a list of these)",
        "11: properties of event 'A': 'n': enum holds 'two', which is no integer "
        "(valid: values of the type; quote a text that YAML reads as something else)",
        "12: properties of event 'A': 'code': pattern '(a+)+$' repeats what repeats "
        "(valid: a form that no text can keep busy, such as `a+` for `(a+)+`)",
        "13: properties of event 'A': 'list': items says nothing of type string (valid: type: array)",
        "15: event 'X': an event of type identify has no name (valid: leave it out)",
        "16: event 'X': an event of type identify has no properties (valid: traits)",
        "17: 'A' is planned twice; first in line 5",
        "18: properties of event 'A' is '5' (valid: a mapping of `name: value` lines)",
        "19: the event of type track: a track event has no name (valid: name: Signed Up)",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "1: not valid YAML"),
        ("", "1: the file is empty"),
        ("- x", "1: the plan is a list"),
        ("version: 1\nversion: 2", "2: the plan has 'version' twice; first in line 1"),
        ("version: 0", "1: the plan: version is '0' (valid: a whole number from 1)"),
        ("version: true", "1: the plan: version is 'true'"),
        ("version: 1\n? [a]\n: b", "2: the plan has a key that is no text"),
        ("version: 1\ncontext: {a: {b: 1}}", "there is no key 'b'"),
        ("version: 1\ncontext: {a.: string}", "'a.' is no name of a property"),
        ("version: 1\ncontext: {a: string, a.b: string}", "'a.b' is given twice, once by a dotted path"),
        ("version: 1\ncontext: {a: {enum: []}}", "enum is empty"),
        ("version: 1\ncontext: {a: {enum: [{}]}}", "enum holds a mapping"),
        ("version: 1\ncontext: {a: {pattern: '['}}", "is no regular expression"),
        ("version: 1\ncontext: {a.b.c.d.e.f.g.h.i: string}", "lies too deep"),
        ("version: 1\ncontext: {a: {required: maybe}}", "required is 'maybe' (valid: true or false)"),
        ("version: 1\nevents: {}", "events is a mapping (valid: a list)"),
        ("version: 1\nevents: [&a {properties: {x: {properties: {y: *a}}}}]", "lies too deep"),
    ],
)
def test_what_is_no_plan_is_told_where_it_stands(text: str, told: str) -> None:
    assert any(told in problem for problem in problems(text)), problems(text)


def test_a_file_whose_name_names_no_plan_or_that_is_no_text_is_told(tmp_path: Path) -> None:
    assert "cannot name a plan" in problems("version: 1", Path("a b.yml"))[0]
    (tmp_path / "x.yml").write_bytes(b"\xff")
    with pytest.raises(TrackingPlanError, match="not UTF-8"):
        read_plan(tmp_path / "x.yml")
    with pytest.raises(TrackingPlanError, match="there is no such tracking plan"):
        read_plan(tmp_path / "y.yml")


def test_the_json_schema_takes_what_the_reader_takes_and_refuses_what_it_refuses() -> None:
    validator = jsonschema.Draft202012Validator(file_schema())
    validator.check_schema(file_schema())
    good = """
version: 1
events:
  - {name: A, since: 1.4, sample_rate: 0.1, deprecated: use B, properties: {a: string, b: [string, "null"]}}
  - {type: group, traits: {c: {type: object, properties: {d: {items: any}}, required: true}}}
"""
    parse_plan(good, FILE)
    validator.validate(yaml.safe_load(good))
    for bad in ("events: []", "version: 1\nviolations: drop", "version: 1\nevents: [{typ: page}]"):
        assert problems(bad)
        assert list(validator.iter_errors(yaml.safe_load(bad)))
