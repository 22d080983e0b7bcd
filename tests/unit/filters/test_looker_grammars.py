"""The 139 expressions of Looker's published grammars, against the trees its own parser makes of them.

The trees are read here by rules of this file, so that nothing is compared with itself. Dates are compared by
their beginning and end, everything else by which values it lets through.
"""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.filters import (
    AnyOf,
    Anything,
    AttributeValue,
    Condition,
    Grammar,
    IsNull,
    Not,
    TextIs,
    TimeRange,
    parse_date,
    parse_location,
    parse_number,
    parse_string,
    parse_tier,
    references,
    settle,
)
from mainstem.testing.conditions import holds, like

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Tree = dict[str, Any]

NOW = datetime(2018, 5, 18, 18, 30, 2)  # noqa: DTZ001 -- naive by contract
FISCAL_OFFSET = -3
MORE_DATES = """
2018/05/29 | 2018/05/10 for 3 days | after 2018/05/10 | 2018/05 for 2 months | FY2018 |
2018/05/10 05:00 for 5 hours | 2018-07-01 for 1 quarter | 2018-Q4 | FY2018-Q1 |
60 seconds ago for 1 second | 24 hours | 7 days ago for 7 days | last 3 days | 7 days from now |
1 week | 2 weeks ago for 2 weeks | 1 week ago | before 2 months | after 2 months |
6 months from now for 3 months | 2 quarters | before 2 quarters ago | 2 years | 2 fiscal years |
3 fiscal quarters ago | 1 fiscal year ago for 2 fiscal quarters | this day to second |
1 year ago, 1 month ago | Monday | SUNDAY | friday | today | yesterday | tomorrow | null, 2018 |
0 days | 0 minutes ago | before 0 minutes ago
"""
MORE_NUMBERS = """
1, -1, 0.1 | .01 | -.01 | 12345678901234567890 | not -1.2 | != 1, 2, 3 | > -42 | <=    0 |
-1.0 to .75 | >7 AND <80.44 | <=80.44  AND    >.1 | [0.1,   4) | NOT 1 to 5 | nUll | Not Null |
NOT 5, NOT 6 | 1, not 2 | 1, [5,6], not 2 | 1, null | not null, 5 | not [1,5], 7 | NOT (1,100],NOT 7
| 1e2 | [1e-2,1E+2] | 5 OR 6 | >5 OR 2 | NOT 5 OR 6 | 1, 2, not 3, not 3, 4 | (-inf,5],(10,inf)
"""
MORE = [
    *(("date", e) for e in MORE_DATES.split("|")),
    *(("number", e) for e in MORE_NUMBERS.split("|")),
    *(("string", e) for e in (
        "りんご,グレープ", "a^,b", "^-5", "-^-5", "-\"-5\"", "%^%%", "^^", "a%b%c", "-a%b", "__", "%", "-%,a",
        "FOO,-BAR,BAZ", "%a%,b%,%c,-%d%", "EMPTY,a", "-EMPTY,-NULL", "a b", "%a b%", '"a,b",c', '"a","b"',
        "a\\,b", "NULL,-EMPTY", "%_%", "x^_%",
    )),
    *(("tier", e) for e in ("20 to 29,30 to 39", "-20 to 29", "Below 10, 10 to 19", "80 or Above")),
    *(("location", e) for e in (
        "36.97, -122.03", "-36.97,122.03", "40 miles from -36.97, -122.03", "1.5 KILOMETERS from 1, 2",
        "inside box from 72.33, -173.14 to 14.39, -61.70", "NOT NULL", "-NULL", "NULL", "",
    )),
]  # fmt: skip
"""Further expressions, on which our reading and that of the published parser agree as well."""


@pytest.fixture(scope="module")
def trees(npm: Path) -> dict[str, list[Tree]]:
    script = Path(__file__).with_name("looker_expressions.cjs")
    asked = json.dumps([(type_, e.strip()) for type_, e in MORE])
    run = subprocess.run(
        ["node", str(script), str(npm)], input=asked, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, list[Tree]] = json.loads(run.stdout)
    return found


def nodes(tree: Tree) -> Iterable[Tree]:
    """The leaves; a comma has two sides."""
    if tree.get("type") == ",":
        yield from nodes(tree["left"])
        yield from nodes(tree["right"])
    else:
        yield tree


# Dates: the beginning and end of a leaf.

SPANS = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
SPANS |= {"day": timedelta(days=1), "week": timedelta(days=7)}
MONTHS = {"month": 1, "quarter": 3, "fiscal quarter": 3, "year": 12, "fiscal year": 12}
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
EPOCH = datetime(2001, 1, 1)  # noqa: DTZ001 -- a Monday, naive by contract


def month(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1)  # noqa: DTZ001 -- naive by contract


def start_of(unit: str) -> datetime:
    """Of the present one."""
    if unit in SPANS:
        return NOW - (NOW - EPOCH) % SPANS[unit]
    shift = FISCAL_OFFSET if unit.startswith("fiscal") else 0
    number = NOW.year * 12 + NOW.month - 1 - shift
    return month(number - number % MONTHS[unit] + shift)


def later(moment: datetime, count: int, unit: str) -> datetime:
    if unit in SPANS:
        return moment + count * SPANS[unit]
    first = moment.replace(day=1)
    return month(first.year * 12 + first.month - 1 + count * MONTHS[unit]) + (moment - first)


def one(unit: str, away: int = 0) -> TimeRange:
    start = later(start_of(unit), away, unit)
    return TimeRange(start, later(start, 1, unit))


def moment(date: Tree) -> tuple[datetime, str]:
    names = ("year", "month", "day", "hour", "minute", "second")
    given = [int(date[name]) for name in names if date.get(name)]
    return datetime(*(given + [1, 1][len(given) - 1 :])), names[len(given) - 1]  # type: ignore[arg-type] # noqa: DTZ001 -- naive by contract


def period(date: Tree) -> TimeRange:
    start, finest = moment(date)
    return TimeRange(start, later(start, 1, finest))


def of_month(first: int, months: int) -> TimeRange:
    return TimeRange(month(first), month(first + months))


def signed(leaf: Tree) -> int:
    return int(leaf["value"]) * (1 if leaf.get("fromnow") else -1)


def day(leaf: Tree) -> TimeRange:
    near = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if leaf["day"] in near:
        return one("day", near[leaf["day"]])
    today = start_of("day")
    return next(
        TimeRange(d, d + SPANS["day"])
        for d in (today - timedelta(days=n) for n in range(7))
        if DAYS[d.weekday()] == leaf["day"]
    )


def past(leaf: Tree) -> TimeRange:
    count, unit = leaf["value"], leaf["unit"]
    end = start_of(unit) if leaf.get("complete") else later(start_of(unit), 1, unit)
    return TimeRange(later(end, -count, unit), end)


def relative(leaf: Tree) -> TimeRange:
    first, length = leaf["startInterval"], leaf["endInterval"]
    sign = -1 if leaf["intervalType"] == "ago" else 1
    start = later(start_of(first["unit"]), sign * first["value"], first["unit"])
    return TimeRange(start, later(start, length["value"], length["unit"]))


def side(leaf: Tree) -> datetime:
    if leaf["range"] == "absolute":
        return moment(leaf["date"])[0]
    return later(start_of(leaf["unit"]), signed(leaf), leaf["unit"])


def since(leaf: Tree) -> TimeRange:
    start = moment(leaf["start"])[0]
    return TimeRange(start, later(start, leaf["end"]["value"], leaf["end"]["unit"]))


def neighbour(step: int, leaf: Tree) -> TimeRange:
    return one(leaf["unit"], step)


def before_neighbour(step: int, leaf: Tree) -> TimeRange:
    return TimeRange(None, neighbour(step, leaf).start)


def after_neighbour(step: int, leaf: Tree) -> TimeRange:
    return TimeRange(neighbour(step, leaf).start, None)


STEPS = {"last": -1, "this": 0, "next": 1}
DATES: dict[str, Callable[[Tree], Condition]] = {
    "anyvalue": lambda _: Anything(),
    "null": lambda _: IsNull(),
    "notnull": lambda _: Not(IsNull()),
    "on": lambda n: period(n["date"]),
    "year": lambda n: of_month(int(n["year"]) * 12, 12),
    "month": lambda n: of_month(int(n["year"]) * 12 + int(n["month"]) - 1, 1),
    "quarter": lambda n: of_month(int(n["year"]) * 12 + 3 * int(n["quarter"]["quarter"]) - 3, 3),
    "fiscalYear": lambda n: of_month(int(n["year"]) * 12 + FISCAL_OFFSET, 12),
    "fiscalQuarter": lambda n: of_month(
        int(n["year"]) * 12 + FISCAL_OFFSET + 3 * int(n["quarter"][1]) - 3, 3
    ),
    "range": lambda n: TimeRange(moment(n["start"])[0], moment(n["end"])[0]),
    "rangeInterval": since,
    "monthInterval": lambda n: since({"start": {"year": n["year"], "month": n["month"]}, "end": n["end"]}),
    "past": past,
    "lastInterval": past,
    "pastAgo": lambda n: one(n["unit"], -n["value"]),
    "from now": lambda n: one(n["unit"], n["value"]),
    "relative": relative,
    "thisRange": lambda n: TimeRange(start_of(n["startInterval"]), start_of(n["endInterval"])),
    "day": day,
    "before": lambda n: TimeRange(None, side(n)),
    "after": lambda n: TimeRange(side(n), None),
}
for word, step in STEPS.items():
    DATES[word] = partial(neighbour, step)
    DATES[f"before_{word}"] = partial(before_neighbour, step)
    DATES[f"after_{word}"] = partial(after_neighbour, step)


def test_every_date_expression_means_what_looker_reads(trees: dict[str, list[Tree]]) -> None:
    for tree in of_type("date", trees):
        ours = parse_date(tree["expression"], NOW, fiscal_month_offset=FISCAL_OFFSET)
        theirs = [DATES[leaf["type"]](leaf) for leaf in nodes(tree["ast"])]
        assert ours == (theirs[0] if len(theirs) == 1 else AnyOf(tuple(theirs))), tree["expression"]


# Numbers, texts and tiers: which values a tree lets through.


def lets_through(tree: Tree, fulfils: Callable[[Tree, Any], bool], value: Any) -> bool:
    leaves = list(nodes(tree))
    asked = [fulfils(leaf, value) for leaf in leaves if leaf["is"]]
    refused = [fulfils(leaf, value) for leaf in leaves if not leaf["is"]]
    return (any(asked) or not asked) and not any(refused)


def number_fulfils(leaf: Tree, value: Decimal | None) -> bool:
    if leaf["type"] == "null":
        return value is None
    if value is None:
        return False
    given = [Decimal(str(v)) for v in leaf.get("value", ())]
    match leaf["type"]:
        case "=":
            return not given or value in given
        case ">":
            return value > given[0]
        case ">=":
            return value >= given[0]
        case "<":
            return value < given[0]
        case "<=":
            return value <= given[0]
    low, high = Decimal(str(leaf["low"])), Decimal(str(leaf["high"]))
    inside = low < value < high
    return (
        inside or (value == low and leaf["bounds"][0] == "[") or (value == high and leaf["bounds"][1] == "]")
    )


def numbers_near(tree: Tree) -> list[Decimal | None]:
    given = [v for n in nodes(tree) for v in (*n.get("value", ()), n.get("low"), n.get("high"))]
    named = {Decimal(str(v)) for v in given if v is not None} | {Decimal(0)}
    steps = (Decimal("-1e6"), Decimal("-0.001"), Decimal(0), Decimal("0.001"), Decimal("1e6"))
    return [v + step for v in sorted(named) for step in steps]


EDGES = {"<3 OR >80.44": [Decimal(3), Decimal("80.44")]}
"""Looker's tree of `<3 OR >80.44` is "not in (3, 80.44)", which lets 3 through. The expression and Looker's
documentation do not, and here `<3` does not either."""


def test_every_number_expression_means_what_looker_reads(trees: dict[str, list[Tree]]) -> None:
    for tree in of_type("number", trees):
        ours = parse_number(tree["expression"])
        values: list[Decimal | None] = numbers_near(tree["ast"])
        if any(leaf["type"] == "null" for leaf in nodes(tree["ast"])):
            values.append(None)
        for value in values:
            edge = value in EDGES.get(tree["expression"], ())
            theirs = lets_through(tree["ast"], number_fulfils, value) and not edge
            assert bool(holds(ours, value)) is theirs, (tree["expression"], value)


def text_fulfils(leaf: Tree, value: str | None) -> bool:
    if leaf["type"] == "null":
        return value is None
    if leaf["type"] == "blank":
        return not value
    if value is None:
        return False
    given = leaf["value"]
    match leaf["type"]:
        case "match":
            return not given or value in given
        case "contains":
            return any(v in value for v in given)
        case "startsWith":
            return any(value.startswith(v) for v in given)
        case "endsWith":
            return any(value.endswith(v) for v in given)
    return any(like(value, v) for v in given)


def texts_near(tree: Tree) -> list[str | None]:
    named = {v for leaf in nodes(tree) for v in leaf.get("value", ())} | {"FOO", "empty", "null"}
    wild = {v.replace("%", "x").replace("_", "y") for v in named}
    found = {a + v + b for v in named | wild for a in ("", "x", " ", "-") for b in ("", "x", " ", '"')}
    return [None, "", *found, *(v.lower() for v in found), *(v.strip() for v in found)]


def check_texts(tree: Tree, parse: Callable[[str], Condition]) -> None:
    ours = parse(tree["expression"])
    for value in texts_near(tree["ast"]):
        theirs = lets_through(tree["ast"], text_fulfils, value)
        if value is None and not any(leaf["type"] in ("null", "blank") for leaf in nodes(tree["ast"])):
            continue
        assert bool(holds(ours, value)) is theirs, (tree["expression"], value, ours)


def test_every_string_expression_means_what_looker_reads(trees: dict[str, list[Tree]]) -> None:
    for tree in of_type("string", trees):
        if tree["ast"]["type"] != "user_attribute":
            check_texts(tree, parse_string)


def test_every_user_attribute_is_the_one_that_looker_reads(trees: dict[str, list[Tree]]) -> None:
    found = [tree for tree in trees["own"] if tree["ast"]["type"] == "user_attribute"]
    assert len(found) == 1
    for tree in found:
        name = tree["ast"]["attributeName"]
        assert references(tree["expression"]) == (name,)
        settled = settle(Grammar.STRING, tree["expression"], {name: AttributeValue(("a,b",))})
        assert parse_string(settled) == TextIs(("a,b",))


def test_every_tier_expression_means_what_looker_reads(trees: dict[str, list[Tree]]) -> None:
    for tree in of_type("tier", trees):
        check_texts(tree, parse_tier)
        assert isinstance(parse_tier(tree["expression"]), TextIs | Not)


def test_every_location_expression_means_what_looker_reads(trees: dict[str, list[Tree]]) -> None:
    for tree in of_type("location", trees):
        ours, leaf = parse_location(tree["expression"]), tree["ast"]
        fields = {name: float(v) for name, v in fields_of(ours).items() if isinstance(v, Decimal)}
        names = ("lat", "lon", "lat1", "lon1") if leaf["type"] == "box" else ("lat", "lon", "distance")
        assert list(fields.values()) == [leaf[name] for name in names if name in leaf], tree["expression"]
        kinds = {"location": "LocationIs", "circle": "LocationWithin", "box": "LocationInBox"}
        kinds |= {"null": "IsNull", "notnull": "Not", "anyvalue": "Anything"}
        assert type(ours).__name__ == kinds[leaf["type"]], tree["expression"]


def fields_of(condition: Condition) -> dict[str, Any]:
    return {name: getattr(condition, name) for name in condition.__struct_fields__}


PARSERS: dict[str, Callable[[str], Condition]] = {
    "date": lambda e: parse_date(e, NOW, fiscal_month_offset=FISCAL_OFFSET),
    "number": parse_number,
    "string": parse_string,
    "tier": parse_tier,
}
TIMELESS = {"before 2018-01-01 12:00:00", "2018-05-18 12:00:00 to 2018-05-18 14:00:00"}
"""Looker's widget of a date, as opposed to that of a time, drops their hours."""


def test_what_looker_writes_for_an_expression_means_the_same(trees: dict[str, list[Tree]]) -> None:
    for tree in trees["own"]:
        lossy = tree["expression"] in TIMELESS | EDGES.keys() or tree["ast"]["type"] == "user_attribute"
        parse = PARSERS[tree["type"]]
        assert lossy or parse(tree["expression"]) == parse(tree["output"]), tree["expression"]


def of_type(type_: str, trees: dict[str, list[Tree]]) -> list[Tree]:
    return [tree for tree in (*trees["own"], *trees["given"]) if tree["type"] == type_]


def test_all_of_the_published_expressions_were_compared(trees: dict[str, list[Tree]]) -> None:
    counts = {
        t: sum(tree["type"] == t for tree in trees["own"]) for t in ("date", "number", "string", "tier")
    }
    assert counts == {"date": 64, "number": 35, "string": 38, "tier": 2}
    assert sum(counts.values()) == 139
    assert not [t["expression"] for t in trees["given"] if t["ast"]["type"] == "matchesAdvanced"]
