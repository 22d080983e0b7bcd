from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import ConfigError
from mainstem.replay import Rule, read_rules
from mainstem.replay.actions import Cast, Default, Delete, Move, Rename, SetType, SetValue
from mainstem.replay.rules import Condition, Match

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
rules:
  - name: totals are numbers
    match:
      source: [web, app]
      reason: "*total*"
      event: Order Completed
      type: track
      where:
        - {path: properties.total, is: string}
        - {path: [properties, a.b], exists: false}
        - {path: properties.day, equals: 2026-01-02}
        - {path: properties.none, is: null}
    actions:
      - cast: {path: properties.total, to: number}
      - rename: {path: properties.Currency, to: currency}
      - move: {path: properties.plan, to: context.plan}
      - default: {path: properties.currency, value: EUR}
      - set: {path: properties.items.*.seen, value: {at: 2026-01-02, n: [1, 2.5, true, null]}}
      - delete: properties.debug
      - type: track
"""


def rules_of(folder: Path, text: str) -> tuple[Rule, ...]:
    file = folder / "rules.yml"
    file.write_text(text, encoding="utf-8")
    return read_rules([file])


def test_a_rule_is_read_whole(tmp_path: Path) -> None:
    [rule] = rules_of(tmp_path, WHOLE)
    assert rule.name == "totals are numbers"
    assert rule.match == Match(
        ("web", "app"),
        ("*total*",),
        ("Order Completed",),
        ("track",),
        (
            Condition(("properties", "total"), "is", "string"),
            Condition(("properties", "a.b"), "exists", False),
            Condition(("properties", "day"), "equals", "2026-01-02"),
            Condition(("properties", "none"), "is", "null"),
        ),
    )
    assert rule.actions == (
        Cast(("properties", "total"), "number"),
        Rename(("properties", "Currency"), "currency"),
        Move(("properties", "plan"), ("context", "plan")),
        Default(("properties", "currency"), "EUR"),
        SetValue(("properties", "items", "*", "seen"), {"at": "2026-01-02", "n": [1, 2.5, True, None]}),
        Delete(("properties", "debug")),
        SetType("track"),
    )


HEAD = "rules:\n- name: r\n  match: {source: web}\n"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("rules: [", 1, "not valid YAML"),
        ("- name: r", 1, "a file of rules is a mapping"),
        ("ruls: []", 1, "has no 'ruls' (valid: rules)"),
        ("rules:\n- name: r\n", 2, "this rule has no 'match'"),
        ("rules:\n- name: r\n  match: {}\n  actions: []", 3, "it would take every event"),
        ("rules:\n- name: r\n  match: {sources: web}\n  actions: []", 3, "match has no 'sources'"),
        (HEAD + "  actions: []", 4, "mends nothing"),
        (HEAD + "  actions: [{remove: a}]", 4, "has no 'remove'"),
        (HEAD + "  actions: [{delete: a, type: track}]", 4, "an action is one of these"),
        (HEAD + "  actions:\n  - cast: {path: a, to: int}", 5, "to is 'int' (valid: string, number"),
        (HEAD + "  actions:\n  - cast: {path: a}", 5, "cast has no 'to'"),
        (HEAD + "  actions:\n  - type: event", 5, "type is 'event' (valid: track"),
        (HEAD + "  actions:\n  - delete: a..b", 5, "this is no path"),
        (HEAD + "  actions:\n  - move: {path: a.*.b, to: c}", 5, "its path has no *"),
        (HEAD + "  actions:\n  - default: {path: l.*.b, value: 1}", 5, "its path has no *"),
        (HEAD + "  actions:\n  - set: {path: a, value: .inf}", 5, "JSON has no number"),
        (HEAD + "  actions:\n  - set: {path: a, value: 99999999999999999999}", 5, "too large"),
        (HEAD + "  actions:\n  - set: {path: a, value: !!python/none x}", 5, "is no value"),
        (
            "rules:\n- name: r\n  match:\n    where:\n    - {path: a, matches: '('}\n  actions: [delete: a]",
            5,
            "no regular expression",
        ),
        (
            "rules:\n- name: r\n  match:\n    where:\n    - {path: a}\n  actions: [delete: a]",
            5,
            "a path and one test",
        ),
        (
            "rules:\n- name: r\n  match:\n    where:\n    - {path: a, is: text}\n  actions: [delete: a]",
            5,
            "no JSON type 'text'",
        ),
        (HEAD + "  actions: [delete: a]\n" + HEAD[7:] + "  actions: [delete: a]", 5, "already, at"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules_of(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path}/rules.yml:{line}: ")
    assert said in str(caught.value)


def test_an_empty_file_has_no_rules_and_a_missing_one_is_named(tmp_path: Path) -> None:
    assert rules_of(tmp_path, "# later\n") == ()
    with pytest.raises(ConfigError, match=r"none\.yml: cannot be read"):
        read_rules([tmp_path / "none.yml"])
