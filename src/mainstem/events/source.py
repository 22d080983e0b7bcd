"""A source: one place events come from, known to SDKs by its write keys."""

from __future__ import annotations

import msgspec


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[sources]]` table of `mainstem.toml`."""

    id: str
    """Stands in the log and in `context_source_id`; never reuse one."""
    name: str
    """Shown to people; its snake_case is the warehouse namespace (schema) of the source's tables."""
    write_keys: tuple[str, ...]
    """What SDKs send. Several may be valid at once, so that a key can be rotated."""
    type: str = "http"
    """RudderStack's source definition name, such as `Javascript` or `Python`; `context_source_type`."""
    category: str | None = None
    """`cloud` stops flattening at the third level, as RudderStack does for cloud sources."""
    enabled: bool = True
    """A source that is off answers 404, and its tables stay."""
