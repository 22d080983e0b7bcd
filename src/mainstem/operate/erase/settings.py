"""Settings of erasures."""

from __future__ import annotations

from typing import Literal

import msgspec


class ErasureSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[erasure]` of `mainstem.toml`; see [erasure](erasure.md)."""

    links: Literal["follow", "ignore"] = "follow"
    """Whether ids are erased too that an identify or alias links with those asked for; a dry run shows
    them."""
    columns: tuple[str, ...] = ()
    """Columns of tables that name a user, beside `user_id`, `anonymous_id`, `previous_id` and those of e-mail
    addresses and telephone numbers."""
