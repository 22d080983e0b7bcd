"""What a `test:` asserts: whether it can be worked out of the columns its query has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.calculations import depends_on, parse
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from mainstem.semantics.model import DataTest, Explore
    from mainstem.semantics.problems import Problems


def check_assertions(test: DataTest, explore: Explore, problems: Problems) -> None:
    columns = {name if "." in name else f"{explore.alias}.{name}" for name in test.query.dimensions}
    for one in test.assertions:
        what = f"assert {one.name} of test {test.name}"
        try:
            read = depends_on(parse(one.expression)).fields
        except QueryError as e:
            problems.error(one.origin, f"{what}: {e}")
            continue
        for name in sorted(set(read) - columns):
            hint = did_you_mean(name, columns)
            problems.error(one.origin, f"{what} reads {name}, which is no column of its explore_source{hint}")
