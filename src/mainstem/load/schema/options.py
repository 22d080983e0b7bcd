"""What can be chosen about the schema: by the destination, and by a single event for itself.

Names are RudderStack's, and so is who may choose what. A destination's choice is fixed for a loader; an event
may ask for some of them under `integrations.<WAREHOUSE>.options`, and for JSON paths also under
`integrations.DATA_WAREHOUSE.options`. All else is ignored there: destinations and SDKs carry many keys that
mean nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.load.schema.provider import Provider


class Options(msgspec.Struct, frozen=True, rename="camel"):
    """How events become tables. The defaults are those of a new RudderStack destination."""

    underscore_divide_numbers: bool = False
    """Set digits apart in names, as old destinations did: `v2` becomes `v_2`."""
    allow_users_context_traits: bool = False
    """Copy `context.traits` into the columns of identifies and users."""
    store_full_event: bool = False
    """Keep the whole event as JSON text in `rudder_event`."""
    skip_tracks_table: bool = False
    """Write track events to their own tables only."""
    skip_users_table: bool = False
    """Write identify events to `identifies` only."""
    json_paths: tuple[str, ...] = ()
    """Dotted paths stored as JSON: `track.properties.cart`, or bare `cart` for track properties."""
    use_blendo_casing: bool = False
    """Keep names as they come but for odd characters, as migrated Blendo destinations did."""
    skip_reserved_keywords_escaping: bool = False
    """Put no underscore before reserved words."""

    @classmethod
    def of_config(cls, config: Mapping[str, Any] | None) -> Options:
        """Options of a destination's config. A value of the wrong shape counts as not set."""
        return cls()._overlaid(config or {}, _OF_DESTINATION)

    def for_event(self, message: Mapping[str, Any], provider: Provider) -> Options:
        """These options with what the event itself asks for laid over them."""
        integrations = message.get("integrations")
        if not isinstance(integrations, dict):
            return self
        own = self._overlaid(_asked(integrations, provider.integration), _OF_EVENT)
        return own._overlaid(_asked(integrations, "DATA_WAREHOUSE"), frozenset())

    def _overlaid(self, asked: Mapping[str, Any], flags_heeded: frozenset[str]) -> Options:
        """The paths asked for come before those that stand: of two that name one key the last one counts."""
        flags = {
            field.name: True
            for field in msgspec.structs.fields(self)
            if field.name in flags_heeded and asked.get(field.encode_name) is True
        }
        paths = (*_paths(asked.get("jsonPaths")), *self.json_paths)
        if not flags and paths == self.json_paths:
            return self
        return msgspec.structs.replace(self, **flags, json_paths=paths)


_EITHER = frozenset({"skip_tracks_table", "skip_users_table"})
_OF_DESTINATION = _EITHER | {"underscore_divide_numbers", "allow_users_context_traits", "store_full_event"}
_OF_EVENT = _EITHER | {"use_blendo_casing", "skip_reserved_keywords_escaping"}


def _asked(integrations: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    entry = integrations.get(key)
    asked = entry.get("options") if isinstance(entry, dict) else None
    return asked if isinstance(asked, dict) else {}


def _paths(value: object) -> Iterable[str]:
    """A config writes one text with commas, an event a list."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return (part.strip() for part in parts if isinstance(part, str) and part.strip())


class EventMetadata(msgspec.Struct, frozen=True, rename="camel"):
    """What the pipeline knows of an event that the event does not say."""

    source_id: str | None = None
    source_type: str | None = None
    source_category: str | None = None
    """`cloud` or `singer-protocol` for events that were pulled, not sent."""
    destination_id: str | None = None
    destination_type: str | None = None
    received_at: str | None = None
    """Stands in for a `receivedAt` that the event lacks."""

    def known_to_context(self) -> dict[str, str]:
        """What the pipeline adds to an event's `context`."""
        known = {
            "sourceId": self.source_id,
            "sourceType": self.source_type,
            "destinationId": self.destination_id,
            "destinationType": self.destination_type,
        }
        return {key: value for key, value in known.items() if value}

    @property
    def from_cloud(self) -> bool:
        """Whether events were pulled, so that a track event stands for a record."""
        return self.source_category in ("cloud", "singer-protocol")

    @property
    def flat_to_level_three(self) -> bool:
        """Whether nesting ends at the third level."""
        return self.source_category == "cloud"
