"""Privacy rules: which profile each source has, and what it lacks to do all it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.privacy import Profile

NAME = "privacy"


def check_profiles(profiles: Mapping[str, Profile], has_key: bool) -> Iterator[Finding]:
    """`profiles` by the source that has it; whoever read them has found none missing."""
    if not profiles:
        return
    yield ok(NAME, "; ".join(f"{source}: {profile.name}" for source, profile in profiles.items()))
    looking = [source for source, profile in profiles.items() if profile.detectors]
    if looking and not has_key:
        yield warn(
            NAME,
            f"{', '.join(looking)}: a user id that is an e-mail address is taken away, for there is no key "
            "to make a pseudonym of it",
            '`mainstem privacy key privacy.key`, then key = "file:privacy.key" under [privacy]',
        )
    unguarded = [source for source, profile in profiles.items() if profile.name == "none"]
    if unguarded and len(unguarded) < len(profiles):
        yield warn(
            NAME,
            f"{', '.join(unguarded)}: events are kept as they come, personal data too",
            'give the source `privacy = "product"`, or leave it so on purpose',
        )
