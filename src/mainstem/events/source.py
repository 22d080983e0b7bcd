"""A source: one place events come from, known to SDKs by its write keys."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Environment = Literal["prod", "rc", "qa", "dev"]
ENVIRONMENTS: tuple[Environment, ...] = ("prod", "rc", "qa", "dev")


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
    category: Literal["cloud", "webhook"] | None = None
    """`cloud` stops flattening at the third level, as RudderStack does for cloud sources; `webhook`
    accepts any JSON at `/v1/webhook`."""
    enabled: bool = True
    """A source that is off answers 404, and its tables stay."""
    environment: Environment = "prod"
    """Which deployment sends: all but `prod` put their name behind the namespace (`website_qa`)."""
    namespace: str | None = None
    """Schema of the source's tables, used as it stands; unset, made of name and environment."""
    origins: tuple[str, ...] = ()
    """Web origins that may send with these keys (`https://example.com`, `https://*.example.com`); empty
    lets all. A request without an Origin header, as servers send it, is not judged by it."""
    rate_limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Events a second, a second's worth at once; more are answered 429 with Retry-After. Each gateway worker
    lets in its part. A batch gets in while anything is left, and those after it wait until it is paid for.
    Unset, no limit."""
    privacy: str = "none"
    """Name of the rules every event goes through before it is kept: `none`, `product`, or one of
    `[privacy.profiles]`."""
    tracking_plan: str | None = None
    """Name of a plan: `website` reads `tracking-plan/website.yml`."""
    shadow_url: str | None = None
    """Data plane of RudderStack or Segment to which every request is also forwarded, unchanged."""
