"""Plain values → Structs, told everything that is wrong at once, each with its path.

msgspec alone stops at the first mistake; who wrote forty tasks wants to mend all of them in one go.
"""

from __future__ import annotations

import types
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from mainstem.manifest.paths import Path, Problem

BAD: Any = object()
"""What could not be made: its problems say why."""


def convert(value: Any, kind: Any, path: Path, found: list[Problem]) -> Any:
    """`value` as a `kind`, or BAD, with what is wrong added to `found`.

    `value` is what JSON or YAML is read into. Of kinds it knows Structs, tuples of one kind, dicts, unions of
    tagged Structs, and whatever msgspec knows without anything inside.
    """
    bare = _bare(kind)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        return _struct(value, bare, path, found)
    if get_origin(bare) is tuple:
        return _tuple(value, bare, kind, path, found)
    if get_origin(bare) is dict:
        return _dict(value, bare, path, found)
    if get_origin(bare) in (Union, types.UnionType):
        return _union(value, bare, path, found)
    return _leaf(value, kind, path, found)


def _struct(value: Any, kind: type[msgspec.Struct], path: Path, found: list[Problem]) -> Any:
    if not isinstance(value, dict):
        return _bad(path, f"expected an object, got {named(value)}", _names(kind), found)
    before = len(found)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    tag_field = kind.__struct_config__.tag_field
    for name in value:
        if name not in fields and name != tag_field:
            _unknown(name, (*path, str(name)), list(fields), found)
    made = {
        field.name: convert(value[name], field.type, (*path, name), found)
        for name, field in fields.items()
        if name in value
    }
    for name, field in fields.items():
        if field.required and name not in value:
            _bad((*path, name), "is missing", described(field.type), found)
    return BAD if len(found) > before else kind(**made)


def _tuple(value: Any, bare: Any, kind: Any, path: Path, found: list[Problem]) -> Any:
    if not isinstance(value, list | tuple):
        return _bad(path, f"expected a list, got {named(value)}", described(kind), found)
    item = get_args(bare)[0]
    made = tuple(convert(one, item, (*path, number), found) for number, one in enumerate(value))
    for meta in _metas(kind):
        if meta.min_length is not None and len(made) < meta.min_length:
            return _bad(path, "is empty", described(kind), found)
    return BAD if any(one is BAD for one in made) else made


def _dict(value: Any, bare: Any, path: Path, found: list[Problem]) -> Any:
    if not isinstance(value, dict):
        return _bad(path, f"expected an object, got {named(value)}", "", found)
    key_kind, value_kind = get_args(bare)
    made = {}
    for key, one in value.items():
        inside = (*path, str(key))
        made[convert(key, key_kind, inside, found)] = convert(one, value_kind, inside, found)
    return BAD if BAD in made or any(one is BAD for one in made.values()) else made


def _union(value: Any, bare: Any, path: Path, found: list[Problem]) -> Any:
    kinds = [kind for kind in get_args(bare) if kind is not type(None)]
    if value is None and len(kinds) < len(get_args(bare)):
        return None
    if len(kinds) == 1:
        return convert(value, kinds[0], path, found)
    tags = {kind.__struct_config__.tag: kind for kind in kinds}
    tag_field = kinds[0].__struct_config__.tag_field
    if not isinstance(value, dict):
        return _bad(path, f"expected an object, got {named(value)}", f"its {tag_field}: {_or(tags)}", found)
    if tag_field not in value:
        return _bad((*path, tag_field), "is missing", _or(tags), found)
    tag = value[tag_field]
    if not isinstance(tag, str) or tag not in tags:
        return _bad((*path, tag_field), f"there is no {named(tag)}", _or(tags), found)
    return convert(value, tags[tag], path, found)


def _leaf(value: Any, kind: Any, path: Path, found: list[Problem]) -> Any:
    bare = _bare(kind)
    if isinstance(value, float) and value.is_integer() and (bare is int or get_origin(bare) is Literal):
        value = int(value)  # 1.0 is a whole number to JSON Schema
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as e:
        if get_origin(bare) is Literal:
            words = [str(word) for word in get_args(bare)]
            return _bad(path, f"{named(value)} is not valid{_near(value, words)}", ", ".join(words), found)
        valid = described(kind)
        if valid and _is_of(value, bare):
            return _bad(path, f"{named(value)} is not valid", valid, found)
        return _bad(path, _expected(e, value), valid, found)


def _is_of(value: Any, bare: Any) -> bool:
    """Whether it is the right kind of thing, and only its value is wrong."""
    if isinstance(value, bool):
        return bare is bool
    return isinstance(value, int if bare is int else float | int if bare is float else bare)


def _expected(error: msgspec.ValidationError, value: Any) -> str:
    text = str(error).split(" - at ")[0].replace("`", "")
    words = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
    for name, word in words.items():
        text = text.replace(f"Expected {name}", f"Expected {word}").replace(f"got {name}", f"got {word}")
    hint = "; write it in quotes" if "Expected text" in text and isinstance(value, int | float) else ""
    return text[:1].lower() + text[1:] + hint


def described(kind: Any) -> str:
    """What its annotation says is valid."""
    if get_origin(kind) in (Union, types.UnionType):
        return next((described(one) for one in get_args(kind) if one is not type(None)), "")
    return next((meta.description for meta in _metas(kind) if meta.description), "")


def named(value: Any) -> str:
    """A value in a message: text in quotes, cut short; of what has parts only what it is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return repr(value if len(value) <= 60 else value[:59] + "…")
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)


def _unknown(name: object, path: Path, valid: list[str], found: list[Problem]) -> None:
    near = _near(name, valid)
    _bad(path, f"there is no such field{near}", "" if near else ", ".join(valid), found)


def _near(word: object, words: list[str]) -> str:
    near = get_close_matches(str(word), words, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _bad(path: Path, problem: str, valid: str, found: list[Problem]) -> Any:
    found.append(Problem(path, problem, valid))
    return BAD


def _names(kind: type[msgspec.Struct]) -> str:
    return ", ".join(field.encode_name for field in msgspec.structs.fields(kind))


def _or(words: Any) -> str:
    return " or ".join(words)


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _metas(kind: Any) -> list[msgspec.Meta]:
    annotations = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return [one for one in annotations if isinstance(one, msgspec.Meta)]
