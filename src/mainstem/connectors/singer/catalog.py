"""A tap's catalog: which streams there are, which are read together, and the catalog that selects some.

Pure. What a tap says is passed back to it as it was, but for what selects: in metadata as the specification
has it, and in the schema as taps from before metadata want it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import ConfigError, TapFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.connectors.singer.settings import SingerSettings

Breadcrumb = tuple[str, ...]
ROOT: Breadcrumb = ()
FULL_TABLE = "FULL_TABLE"


class _Metadata(msgspec.Struct):
    breadcrumb: list[str]
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A stream as a catalog has it."""

    id: str
    """`tap_stream_id`: what it is selected by."""
    name: str
    """What its messages call it."""
    schema: Mapping[str, Any]
    metadata: Mapping[Breadcrumb, Mapping[str, Any]]
    whole: Mapping[str, Any]
    """As the tap wrote it."""

    @property
    def keys(self) -> tuple[str, ...]:
        found = self.metadata.get(ROOT, {}).get("table-key-properties") or self.whole.get("key_properties")
        return tuple(found or ())

    @property
    def parent(self) -> str:
        """The stream that it is read with; empty for none."""
        return str(self.metadata.get(ROOT, {}).get("parent-tap-stream-id") or "")

    @property
    def properties(self) -> Mapping[str, Any]:
        found = self.schema.get("properties")
        return found if isinstance(found, dict) else {}

    def inclusion(self, field: str) -> str:
        """`available`, `automatic` or `unsupported`."""
        said = self.metadata.get(("properties", field), {}).get("inclusion")
        return str(said or self.properties.get(field, {}).get("inclusion") or "available")


def read_catalog(content: bytes, source: str) -> list[Entry]:
    """Raises TapFailed where it is none, naming `source`."""
    try:
        body = msgspec.json.decode(content, type=dict[str, Any])
        written = msgspec.convert(body["streams"], list[dict[str, Any]])
        entries = [_entry(one) for one in written]
    except (msgspec.MsgspecError, KeyError) as e:
        begins = content[:120].decode("utf-8", "replace").strip()
        raise TapFailed(
            f'{source} is no Singer catalog ({{"streams": [{{"tap_stream_id": …, "schema": …}}]}}): '
            f"{e!s}: {begins!r}"
        ) from e
    if not entries:
        raise TapFailed(f"{source} has no stream")
    return entries


def _entry(written: dict[str, Any]) -> Entry:
    found = msgspec.convert(written.get("metadata") or [], list[_Metadata])
    name = written.get("stream_alias") or written.get("stream") or written["tap_stream_id"]
    return Entry(
        str(written.get("tap_stream_id") or name),
        str(name),
        msgspec.convert(written["schema"], dict[str, Any]),
        {tuple(one.breadcrumb): one.metadata for one in found},
        written,
    )


def groups(entries: Sequence[Entry], together: Sequence[Sequence[str]], where: str) -> list[list[Entry]]:
    """Streams that one run of the tap reads: each with its children, or with those `together` says.

    Raises ConfigError at `where` for a stream there is not.
    """
    by_id = {entry.id: entry for entry in entries}
    heads = {
        entry.id: entry.parent for entry in entries if entry.parent in by_id and entry.parent != entry.id
    }
    said = {names[0]: set(names) for names in together if names}
    for first, names in said.items():
        for name in sorted(names):
            ensure_stream(name, by_id, f"{where} together")
        heads |= dict.fromkeys(names - {first}, first)
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        head = _head(entry.id, heads)
        if entry.id in said.get(head, {entry.id}):
            found.setdefault(head, []).append(entry)
    return [sorted(group, key=partial(_is_below, head)) for head, group in found.items()]


def _is_below(head: str, entry: Entry) -> bool:
    return entry.id != head


def _head(name: str, heads: Mapping[str, str]) -> str:
    seen = {name}
    while (above := heads.get(name)) is not None and above not in seen:
        name = above
        seen.add(name)
    return name


def ensure_stream(name: str, there: Mapping[str, Entry], where: str) -> None:
    if name not in there:
        raise ConfigError(where, f"the tap has no stream {name!r}", ", ".join(sorted(there)))


def selected_fields(entry: Entry, settings: SingerSettings, where: str) -> set[str]:
    """Raises ConfigError at `where` for a field there is not, or that the tap does not let out."""
    wanted, unwanted = settings.fields.get(entry.id), settings.without_fields.get(entry.id, ())
    for setting, names in (("fields", wanted or ()), ("without_fields", unwanted)):
        for name in names:
            _ensure_field(entry, name, f"{where} {setting}")
    found = set()
    for name in entry.properties:
        inclusion = entry.inclusion(name)
        if inclusion == "automatic":
            if name in unwanted:
                raise ConfigError(
                    f"{where} without_fields", f"{entry.id} always has {name!r}: the tap needs it"
                )
            found.add(name)
        elif inclusion != "unsupported" and name not in unwanted and (wanted is None or name in wanted):
            found.add(name)
    return found


def _ensure_field(entry: Entry, name: str, where: str) -> None:
    if entry.properties and name not in entry.properties:
        raise ConfigError(where, f"{entry.id} has no field {name!r}", ", ".join(sorted(entry.properties)))
    if entry.inclusion(name) == "unsupported":
        raise ConfigError(where, f"the tap cannot read the field {name!r} of {entry.id}")


def catalog_of(
    entries: Sequence[Entry], chosen: Mapping[str, set[str]], given: Mapping[str, Mapping[str, Any]]
) -> bytes:
    """The catalog that has the tap read `chosen`: fields by stream. `given` is metadata of streams beside
    what it says itself."""
    return msgspec.json.encode(
        {"streams": [_written(entry, chosen.get(entry.id), given.get(entry.id, {})) for entry in entries]}
    )


def _written(entry: Entry, fields: set[str] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    root = {**_root(entry, given), "selected": fields is not None}
    metadata = {**entry.metadata, ROOT: root}
    for name in entry.properties:
        crumb = ("properties", name)
        metadata[crumb] = {**metadata.get(crumb, {}), "selected": fields is not None and name in fields}
    written = {**entry.whole, "schema": _schema(entry, fields)}
    method, key = root.get("replication-method"), root.get("replication-key")
    written |= {"replication_method": method} if method else {}
    written |= {"replication_key": key} if key else {}
    written["metadata"] = [
        {"breadcrumb": list(crumb), "metadata": found} for crumb, found in metadata.items()
    ]
    return written


def _schema(entry: Entry, fields: set[str] | None) -> dict[str, Any]:
    """As taps read it that know no metadata."""
    schema = {**entry.schema, "selected": fields is not None}
    if isinstance(schema.get("properties"), dict):
        schema["properties"] = dict(_properties(entry, fields or set()))
    return schema


def _properties(entry: Entry, fields: set[str]) -> Iterator[tuple[str, Any]]:
    for name, found in entry.properties.items():
        yield name, {**found, "selected": name in fields} if isinstance(found, dict) else found


def _root(entry: Entry, given: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata of a stream, with the one key that a tap leaves to be chosen: else it would read everything
    each time."""
    root = {**entry.metadata.get(ROOT, {}), **given}
    valid: list[str] = root.get("valid-replication-keys") or []
    method = given.get("replication-method") or root.get("forced-replication-method") or "INCREMENTAL"
    if "replication-key" not in root and len(valid) == 1 and method == "INCREMENTAL":
        root |= {"replication-key": valid[0], "replication-method": method}
    return root


def is_whole_each_time(entry: Entry, given: Mapping[str, Any]) -> bool:
    """Whether each run lists all rows."""
    root = _root(entry, given)
    said = (
        given.get("replication-method"),
        root.get("forced-replication-method"),
        root.get("replication-method"),
        entry.whole.get("replication_method"),
    )
    return next((method for method in said if method), "") == FULL_TABLE
