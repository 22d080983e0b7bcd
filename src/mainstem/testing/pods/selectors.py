"""Which objects a request asks for: `labelSelector` and `fieldSelector`, as the Kubernetes API reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mainstem.testing.pods.refusals import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Test = Callable[[Mapping[str, str]], bool]

_SET = re.compile(r"(?P<key>\S+)\s+(?P<negated>not)?in\s*\((?P<values>[^)]*)\)")
_EQUAL = re.compile(r"(?P<key>[^!=\s]+)\s*(?P<sign>==|!=|=)\s*(?P<value>\S*)")
_EXISTS = re.compile(r"(?P<negated>!)?(?P<key>[\w./-]+)")


def selects(selector: str, labels: Mapping[str, str]) -> bool:
    """Whether `selector` (`a=b,c!=d,e in (f, g),h,!i`) takes an object with these labels.

    `c!=d` takes objects without the label too, as Kubernetes does.
    """
    return all(_test(part.strip())(labels) for part in re.split(r",(?![^(]*\))", selector) if part.strip())


def selects_fields(selector: str, thing: Mapping[str, Any]) -> bool:
    """The same for `metadata.name=a,status.phase!=Running`; a field that is not there is empty."""
    for part in filter(None, selector.split(",")):
        found = _EQUAL.fullmatch(part.strip())
        if found is None:
            raise bad_request(f'invalid selector: "{selector}"; can\'t understand "{part}"')
        equal = _field(thing, found["key"]) == found["value"]
        if equal is (found["sign"] == "!="):
            return False
    return True


def _test(part: str) -> Test:
    if found := _SET.fullmatch(part):
        values = {value.strip() for value in found["values"].split(",")}
        key, negated = found["key"], bool(found["negated"])
        return lambda labels: (labels.get(key) in values) is not negated
    if found := _EQUAL.fullmatch(part):
        key, value, negated = found["key"], found["value"], found["sign"] == "!="
        return lambda labels: (labels.get(key) == value) is not negated
    if found := _EXISTS.fullmatch(part):
        key, negated = found["key"], bool(found["negated"])
        return lambda labels: (key in labels) is not negated
    raise bad_request(f'unable to parse requirement: found "{part}"')


def _field(thing: Mapping[str, Any], path: str) -> str:
    here: Any = thing
    for step in path.split("."):
        here = here.get(step, "") if isinstance(here, dict) else ""
    return str(here)
