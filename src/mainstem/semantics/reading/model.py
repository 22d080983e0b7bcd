"""The top of a model: its settings, and what its files define beside views and explores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import AccessGrant, DataTest, NamedFormat, Origin
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.data_test import read_data_test
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words
from mainstem.semantics.syntax import Block

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Node

_SETTINGS = words("connection label case_sensitive week_start_day fiscal_month_offset")
VOCABULARY = Vocabulary(
    "file",
    read=_SETTINGS | words("include view explore access_grant named_value_format test"),
    without_effect=words(
        "aggregate_awareness application constant datagroup description extension group_label "
        "hidden local_dependency localization_settings map_layer marketplace_ref model new_lookml_runtime "
        "persist_for persist_sql_trigger persist_with project_name remote_dependency required_access_grants "
        "set suggest_explore sql_preamble template visualization view_label"
    ),
)
_GRANT = Vocabulary("access_grant", read=words("user_attribute allowed_values"))
_FORMAT = Vocabulary("named_value_format", read=words("value_format strict_value_format"))
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = 12


def check_top(file: str, nodes: tuple[Node, ...], problems: Problems) -> None:
    """The names at the top of one file."""
    Parameters(Block("file", file, nodes, Origin(file, 1)), VOCABULARY, problems)


def read_settings(own: Block, rest: Iterable[Node], problems: Problems) -> dict[str, Any]:
    """The arguments of a Model that its file sets; where it is silent, the first included file that does."""
    given_here = {node.key for node in own.nodes}
    inherited = {
        node.key: node
        for node in reversed(list(rest))
        if node.key in _SETTINGS and node.key not in given_here
    }
    block = Block(own.key, own.name, (*inherited.values(), *own.nodes), own.origin)
    given = Parameters(block, Vocabulary("model", read=frozenset(node.key for node in block.nodes)), problems)
    return {
        "label": given.text("label") or label_of(own.name),
        "connection": given.text("connection"),
        "case_sensitive": given.yesno("case_sensitive", True),
        "week_start_day": _week_start(given),
        "fiscal_month_offset": _fiscal_offset(given),
    }


def read_access_grants(rest: Iterable[Node], problems: Problems) -> dict[str, AccessGrant]:
    found: dict[str, AccessGrant] = {}
    for block in _blocks("access_grant", rest):
        given = Parameters(block, _GRANT, problems)
        attribute, allowed = given.text("user_attribute"), given.names("allowed_values")
        if attribute is None or not given.has("allowed_values"):
            problems.error(block.origin, f"access_grant {block.name} needs user_attribute and allowed_values")
            attribute, allowed = attribute or "", ()
        found[block.name] = AccessGrant(block.name, attribute, allowed, block.origin)
    return found


def read_named_formats(rest: Iterable[Node], problems: Problems) -> dict[str, NamedFormat]:
    found: dict[str, NamedFormat] = {}
    for block in _blocks("named_value_format", rest):
        given = Parameters(block, _FORMAT, problems)
        pattern = given.text("value_format")
        if pattern is None:
            problems.error(block.origin, f"named_value_format {block.name} has no value_format")
        else:
            strict = given.yesno("strict_value_format")
            found[block.name] = NamedFormat(block.name, pattern, strict)
    return found


def read_data_tests(rest: Iterable[Node], problems: Problems) -> dict[str, DataTest]:
    return {test.name: test for block in _blocks("test", rest) if (test := read_data_test(block, problems))}


def _blocks(key: str, nodes: Iterable[Node]) -> list[Block]:
    return [node for node in nodes if isinstance(node, Block) and node.key == key and node.name]


def _week_start(given: Parameters) -> str:
    written = given.text("week_start_day") or "monday"
    if written.lower() in _DAYS:
        return written.lower()
    hint = did_you_mean(written, _DAYS)
    message = f"unknown week_start_day {written!r}{hint}; valid are {', '.join(_DAYS)}"
    given.problems.error(given.origin("week_start_day"), message)
    return "monday"


def _fiscal_offset(given: Parameters) -> int:
    offset = given.number("fiscal_month_offset") or 0
    if abs(offset) >= _MONTHS:
        message = f"fiscal_month_offset is {offset}; valid are -11 to 11"
        given.problems.error(given.origin("fiscal_month_offset"), message)
        return 0
    return offset
