"""The project's sources, read and checked: an id, a write key or a schema belongs to one of them.

Two claims on one key, or on one schema, would put one company's events into another's tables. Everything
that a gateway needs to be sure of is checked here, without the warehouse: how that one spells a schema is
`check_settings`'s concern.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mainstem.collect import CollectSettings
from mainstem.collect.facts import GATEWAY_SOURCE
from mainstem.errors import ConfigError, Place
from mainstem.events import RESERVED_NAMESPACES, Source, asked_namespace
from mainstem.transform import TransformSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.config import Config

    PlaceOf = Callable[[str], Place | str]


_LONGEST_ID = 128  # it stands in every record of the log
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.~@-]*")
_NAMESPACE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?(:[0-9]{1,5})?")
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104 # compared, not bound
_DEFAULT_PORTS = ("http://", ":80"), ("https://", ":443")


def sources_of(config: Config) -> tuple[Source, ...]:
    """The `[[sources]]` of a project, checked.

    Raises ConfigError, with file and line, for an id, name, key, namespace or origin that cannot be one, and
    for an id, key or schema that two sources claim, or a source and the models.
    """
    sources = config.tables("sources", Source)
    places = source_places(config, len(sources))
    check_sources(sources, places)
    models = config.section("transform", TransformSettings).schema
    for source, place in zip(sources, places, strict=True):
        if asked_namespace(source) == models:
            raise ConfigError(
                place("name" if source.namespace is None else "namespace"),
                f"{label_of(source)} has the schema {models!r}, which is that of [transform] schema",
            )
    for source, place in zip(sources, places, strict=True):
        if source.shadow_url is not None:
            _check_no_loop(source.shadow_url, config, source, place("shadow_url"))
    return sources


def source_places(config: Config, count: int) -> list[PlaceOf]:
    """For each of the first `count` sources, what says where a setting of it was written."""

    def place_of(number: int) -> PlaceOf:
        return lambda key: config.place("sources", key, number)

    return [place_of(number) for number in range(count)]


def check_sources(sources: Iterable[Source], places: Iterable[PlaceOf]) -> None:
    """`places` gives, source by source, where a setting of it stands; ConfigError as for `sources_of`."""
    ids: dict[str, str] = {}
    keys: dict[str, str] = {}
    schemas: dict[str, tuple[Source, str]] = {}
    for source, place in zip(sources, places, strict=True):
        _check_id(source, place("id"))
        if source.id in ids:
            raise ConfigError(
                place("id"), f"two sources have the id {source.id!r}: {ids[source.id]} is the first"
            )
        ids[source.id] = str(place("id"))
        _check_keys(source, place("write_keys"), keys)
        _check_namespace(source, place, schemas)
        for origin in source.origins:
            _check_origin(origin, source, place("origins"))
        if source.shadow_url is not None:
            _check_shadow_url(source.shadow_url, source, place("shadow_url"))


def label_of(source: Source) -> str:
    """How messages call a source."""
    return f"source {source.id!r} ({source.name})"


def _check_id(source: Source, place: Place | str) -> None:
    if not source.id.strip():
        raise ConfigError(place, f"source {source.name!r} has a blank id")
    if len(source.id.encode()) > _LONGEST_ID:
        raise ConfigError(place, f"source {source.name!r} has an id of more than {_LONGEST_ID} bytes")
    if not _ID.fullmatch(source.id):
        raise ConfigError(
            place,
            f"{source.id!r} cannot be the id of a source",
            "letters, digits, _ - . ~ and @, beginning with a letter, a digit or _",
        )
    if source.id == GATEWAY_SOURCE:
        raise ConfigError(
            place, f"the id {GATEWAY_SOURCE!r} is that of the gateway's own events", "another id"
        )


def _check_keys(source: Source, place: Place | str, taken: dict[str, str]) -> None:
    label = label_of(source)
    if not source.write_keys:
        raise ConfigError(place, f"{label} has no write key", 'write_keys = ["…"]')
    for key in source.write_keys:
        if not key or not key.isprintable() or ":" in key or any(map(str.isspace, key)):
            raise ConfigError(
                place,
                f"{label} has a write key that SDKs cannot send",
                "printable text without spaces and without a colon",
            )
        # A write key is no secret (browsers carry it), but a message needs only its owner.
        if key in taken:
            raise ConfigError(place, f"{label} has a write key that {taken[key]} has already")
        taken[key] = f"{label} at {place}"


def _check_namespace(source: Source, place: PlaceOf, taken: dict[str, tuple[Source, str]]) -> None:
    schema, where = asked_namespace(source), place("namespace" if source.namespace is not None else "name")
    if source.namespace is not None and (not _NAMESPACE.fullmatch(schema) or schema in RESERVED_NAMESPACES):
        raise ConfigError(
            where,
            f"{label_of(source)} cannot have the namespace {schema!r}",
            "lower-case letters, digits and _, not beginning with a digit, 63 at most; not "
            + ", ".join(sorted(RESERVED_NAMESPACES)),
        )
    if not schema:
        raise ConfigError(
            where,
            f"no schema can be named after {source.name!r}",
            "a name with a letter or digit of ASCII, or a namespace beside it",
        )
    first, first_place = taken.setdefault(schema, (source, str(where)))
    if first is not source and (first.namespace is None or source.namespace is None):
        raise ConfigError(
            where,
            f"{label_of(source)} has the schema {schema!r}, which is that of {label_of(first)} "
            f"at {first_place}",
            f'another name; or, where one schema is to hold both, namespace = "{schema}" at both',
        )


def _check_origin(origin: str, source: Source, place: Place | str) -> None:
    if not _ORIGIN.fullmatch(origin.lower()):
        raise ConfigError(
            place,
            f"{label_of(source)} lists {origin!r}, which is no origin",
            "scheme and host as a browser sends them, without a path: https://example.com, "
            "http://localhost:3000, or https://*.example.com for every name below it",
        )
    for scheme, port in _DEFAULT_PORTS:
        if origin.lower().startswith(scheme) and origin.endswith(port):
            raise ConfigError(
                place,
                f"{label_of(source)} lists {origin!r}, which no browser sends",
                origin.removesuffix(port),
            )


def _check_shadow_url(url: str, source: Source, place: Place | str) -> None:
    parts = urlsplit(url)
    is_place = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not is_place or parts.query or parts.fragment:
        raise ConfigError(
            place,
            # Not the URL itself: it may hold a password.
            f"{label_of(source)} has a shadow_url that is no data plane",
            "http://HOST or https://HOST, with a port and the beginning of a path at most",
        )


def _check_no_loop(url: str, config: Config, source: Source, place: Place | str) -> None:
    """A gateway that forwards to itself would forward what it forwarded, for ever."""
    settings = config.section("collect", CollectSettings)
    own = {_host_and_port(f"http://{host}:{settings.port}") for host in _own_hosts(settings.host)}
    own |= {_host_and_port(settings.public_url)} if settings.public_url else set()
    if _host_and_port(url) in own:
        raise ConfigError(
            place, f"{label_of(source)} has a shadow_url that is this gateway itself", "another data plane"
        )


def _own_hosts(host: str) -> set[str]:
    names = _HERE if host in _HERE else {host}
    return {f"[{name}]" if ":" in name else name for name in names}


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
