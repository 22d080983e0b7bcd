from __future__ import annotations

from typing import TypeAlias

import lkml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lkml import tree

from mainstem.semantics.problems import Problems
from mainstem.semantics.syntax import Block, ListNode, Node, Pair, parse

Plain: TypeAlias = "tuple[str, object] | tuple[str, str, list[Plain]]"


def read(text: str) -> tuple[list[Plain], list[str], list[str]]:
    problems = Problems()
    nodes = parse(text, "f", problems)
    errors, warnings = (
        [f"{one.where.line}: {one.message}" for one in found]
        for found in (problems.errors, problems.warnings)
    )
    return [plain(node) for node in nodes], errors, warnings


def plain(node: Node) -> Plain:
    if isinstance(node, Pair):
        return node.key, node.value
    if isinstance(node, ListNode):
        return node.key, [(item.key, item.value) for item in node.items]
    return node.key, node.name, [plain(child) for child in node.nodes]


SAMPLES = [
    'view: a {\n  label: "x \\"y\\" z"\n  sql_table_name: s.t ;;\n}\n',
    "view: +a { dimension: b { sql: CASE WHEN ${x} = '}' THEN 1 END ;; type: number } }",
    'measure: m { filters: [a: ">5", b.c: "x,y"] drill_fields: [d*, -e, f.g] }',
    'dimension: d { # a comment { [ " ;;\n  sql: 1 -- not a comment # of ours\n ;;\n}\n# the end',
    "explore: e { join: j { sql: ;; } fields: [ALL_FIELDS*, - j.x] }",
    "fields: [,a,\n b,]\n",
    'constant: c { value: "{% if x %}{{ y }}{% endif %}" }',
    "dimension: h { html:\n <a href='#'>{{ value }}</a>\n;;\n}",
    'filters: {\n field: a\n value: "b"\n}\nfilters: { field: c value: "-%d%" }',
    'access_grant: g { user_attribute: u allowed_values: ["a", "b"] }',
    "a:b c:d",
    "view: a{dimension:b{type:string sql:${TABLE}.b;;}}",
    "tiers: [0, 10.5, -3]\nlimit: 500\nhidden: yes",
    "\n\n\tview: a {\n\t}\n\n\n",
    "dimension_group: d { timeframes: [raw,time , date] datatype: epoch }",
    'label: "two\nlines"\nview: next {}',
    "expression: ${a.b} > 0 AND NOT is_null(${c.d}) ;;",
    'derived_table: { sql: SELECT a:b::int, c[1] FROM t WHERE x = "y" ;; }',
]


@pytest.mark.parametrize("text", SAMPLES)
def test_it_reads_what_the_lkml_library_reads(text: str) -> None:
    def theirs(node: tree.PairNode | tree.ListNode | tree.BlockNode) -> Plain:
        key = node.type.value
        if isinstance(node, tree.PairNode):
            return key, value(node.value)
        if isinstance(node, tree.ListNode):
            return key, [
                (i.type.value, value(i.value)) if isinstance(i, tree.PairNode) else ("", value(i))
                for i in node.items
            ]
        name = node.name.value if node.name else ""
        return key, name, [theirs(child) for child in node.container.items]

    def value(token: tree.SyntaxToken) -> str:
        quoted = isinstance(token, tree.QuotedSyntaxToken)
        return token.value.replace('\\"', '"') if quoted else token.value

    nodes, errors, warnings = read(text)
    assert (errors, warnings) == ([], [])
    assert nodes == [theirs(node) for node in lkml.parse(text).container.items]


def test_every_node_knows_its_line() -> None:
    text = (
        '# first\n\nview: a {\n  label:\n    "x"\n  sql: 1\n  + 1 ;;\n'
        "  set: [\n    b,\n    c: d\n  ]\n}\nlabel: z\n"
    )
    view, label = parse(text, "f", Problems())
    assert isinstance(view, Block)
    assert [node.origin.line for node in (view, *view.nodes, label)] == [3, 4, 6, 8, 13]
    names = view.nodes[2]
    assert isinstance(names, ListNode)
    assert [item.origin.line for item in names.items] == [9, 10]


def test_it_is_as_lenient_as_looker() -> None:
    text = '\ufeffview : "a" {\r\n  label: one,\r\n  hidden: yes ;;\r\n  fields: [a b,,c]\r\n}\r\n;;'
    assert read(text) == (
        [("view", "a", [("label", "one"), ("hidden", "yes"), ("fields", [("", "a"), ("", "b"), ("", "c")])])],
        [],
        [],
    )


def test_of_a_parameter_given_twice_the_last_counts() -> None:
    nodes, errors, warnings = read(
        "view: a {\n  label: x\n  dimension: b {}\n  dimension: b {}\n  label: y\n}\n"
    )
    assert nodes == [("view", "a", [("dimension", "b", []), ("dimension", "b", []), ("label", "y")])]
    assert (errors, warnings) == ([], ["5: label is given twice, first in line 2; this one counts"])


def test_sql_without_its_end_takes_nothing_else_with_it() -> None:
    text = "view: a {\n  dimension: b {\n    sql: ${TABLE}.b\n  }\n  dimension: c { sql: 1 ;; }\n}\n"
    nodes, errors, _ = read(text)
    assert nodes == [
        ("view", "a", [("dimension", "b", [("sql", "${TABLE}.b")]), ("dimension", "c", [("sql", "1")])])
    ]
    assert errors == ["3: the sql that starts here has no ;; at its end"]


def test_a_file_that_breaks_off_keeps_its_whole_fields() -> None:
    nodes, errors, _ = read("view: a {\n  dimension: b { type: number }\n  dimension: c {\n    ty")
    assert nodes == [("view", "a", [("dimension", "b", [("type", "number")])])]
    assert errors == ["3: dimension c is never closed: a } is missing"]


def test_a_lost_brace_takes_nothing_with_it() -> None:
    nodes, errors, _ = read(
        "view: a {\n dimension: x { type: number\n dimension: y {}\nview: b {}\n"
        "explore: a { join: b { type: inner\n join: c {} }"
    )
    assert nodes == [
        ("view", "a", [("dimension", "x", [("type", "number")]), ("dimension", "y", [])]),
        ("view", "b", []),
        ("explore", "a", [("join", "b", [("type", "inner")]), ("join", "c", [])]),
    ]
    assert errors == [
        "3: dimension y starts inside dimension x (line 2): a } is missing before it",
        "4: view b starts inside view a (line 1): a } is missing before it",
        "6: join c starts inside join b (line 5): a } is missing before it",
    ]


def test_old_lookml_is_one_message() -> None:
    nodes, errors, _ = read("# by hand\n- view: a\n  fields:\n  - dimension: b\n- view: c\n")
    assert nodes == []
    assert errors == ["2: this is LookML as it was written before 2016, in YAML; write `view: name { … }`"]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab:{}[]",;#\n $-sqlview', max_size=60))
def test_any_text_is_read_or_has_an_error_with_a_line(text: str) -> None:
    problems = Problems()
    parse(text, "f", problems)
    assert all(1 <= (one.where.line or 0) <= text.count("\n") + 1 for one in problems.errors)


def test_blocks_are_not_nested_without_end() -> None:
    nodes, errors, _ = read("view: a {}\n" + "b: {\n" * 100_000)
    assert nodes[0] == ("view", "a", [])
    assert errors == ["52: blocks are nested more than 50 deep"]


def test_many_empty_lines_are_no_work() -> None:
    assert read("\n" * 3_000 + " # a\n \n" * 3_000 + "view: a {}") == ([("view", "a", [])], [], [])


def test_it_does_not_slow_down_on_long_comments_before_a_mistake() -> None:
    text = "view: a {\n" + "# - # - # - #\n" * 3_000 + "  ]\n}"
    assert read(text)[1] == ["3002: ] closes the { of view a (line 1)"]
