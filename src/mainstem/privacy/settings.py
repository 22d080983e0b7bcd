"""What a project says about privacy: `[privacy]` and `[privacy.profiles.NAME]` of `mainstem.toml`.

Nothing is decided here: `profiles` works out what a profile comes to, `rules` turns it into steps.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from mainstem.config import Secret
from mainstem.privacy.detectors import DetectorName
from mainstem.privacy.text import DetectorAction

Answer = Literal["ignore", "anonymise", "drop"]
IpRule = Literal["keep", "truncate", "remove"]
UserIdRule = Literal["keep", "pseudonymise"]


class ConsentSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[privacy.profiles.NAME.consent]`; a setting left out is that of the profile it extends."""

    gpc: Answer | None = None
    """What becomes of an event whose browser sent `Sec-GPC: 1` (Global Privacy Control)."""
    dnt: Answer | None = None
    """What becomes of an event whose browser sent `DNT: 1` (Do Not Track)."""
    required: tuple[str, ...] | None = None
    """Categories that the event must say it has consent for: ids of RudderStack's consentManagement or
    Segment's categoryPreferences."""
    refused: Answer | None = None
    """What becomes of an event that names its consents and lacks a required one."""
    unstated: Answer | None = None
    """What becomes of an event that names no consents at all, where some are required."""


class ProfileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[privacy.profiles.NAME]`; lists add to those of the profile it extends, all else replaces it."""

    extends: str | None = None
    """Profile to begin with: `product`, `none`, or another of yours. Left out, nothing is done."""
    properties: tuple[str, ...] | None = None
    """Names of properties to let through; naming any makes this an allow-list."""
    traits: tuple[str, ...] | None = None
    """The same for traits, of identify and group and in the context."""
    context: tuple[str, ...] | None = None
    """The same for fields of the context."""
    drop: tuple[str, ...] = ()
    """Paths to take away."""
    mask: tuple[str, ...] = ()
    """Paths whose values become `[masked]`."""
    hash: tuple[str, ...] = ()
    """Paths whose values become a keyed digest that joins with nothing else."""
    pseudonymise: tuple[str, ...] = ()
    """Paths whose values become a keyed pseudonym, the same wherever the value is met."""
    ip: IpRule | None = None
    """What becomes of IP addresses: `truncate` keeps 24 bits of IPv4 and 48 of IPv6."""
    user_id: UserIdRule | None = None
    """Whether user ids become pseudonyms."""
    detectors: tuple[DetectorName, ...] | dict[DetectorName, DetectorAction] | None = None
    """What to look for in values, keys and URLs: names (then masked), or names with an action each."""
    exempt: tuple[str, ...] = ()
    """Paths that detectors do not look at."""
    consent: ConsentSettings = ConsentSettings()
    """What becomes of events of people who said no."""


class PrivacySettings(msgspec.Struct, frozen=True):
    """Which rules a source's events go through is `privacy` of `[[sources]]`; see [privacy](privacy.md)."""

    key: Secret | None = None
    """The key that pseudonyms are made with, as `env:NAME` or `file:PATH`; its id is `k1`. `mainstem privacy
    key FILE` makes one."""
    keys: dict[str, Secret] = {}
    """Several keys by id (`k1`, `k2` …) instead of `key`, so that one can be rotated: `[privacy.keys]`."""
    current: str | None = None
    """Id of the key that new pseudonyms are made with; needed where there are several."""
    suppressed: str | tuple[str, ...] = ()
    """Files of people none of whose events are kept: an id or its pseudonym a line, or a JSON object of
    RudderStack's or Segment's regulations a line."""
    erased: Literal["drop", "return"] = "drop"
    """What becomes of events that erased people send after their erasure: `drop` keeps them out for good;
    `return` takes them as somebody new's, and drops only what is older than the erasure."""
    profiles: dict[str, ProfileSettings] = {}
    """Rules by name, `[privacy.profiles.NAME]`, beside the built-in `none` and `product`."""
