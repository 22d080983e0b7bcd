"""Where to go after a login: a page of ours, whatever the address bar was made to say."""

from __future__ import annotations

from urllib.parse import urlsplit

HOME = "/"


def safe_next(asked: str | None) -> str:
    """`asked` when it is a path on this server, else the first page.

    Browsers read a backslash as a slash and skip control characters, so that `/\\evil.example` and
    `/<tab>/evil.example` would both lead away.
    """
    if not asked or not asked.startswith("/") or asked.startswith("//"):
        return HOME
    if "\\" in asked or any(ord(character) < 33 or ord(character) == 127 for character in asked):
        return HOME
    parts = urlsplit(asked)
    return HOME if parts.scheme or parts.netloc or parts.path.startswith(("//", "/login")) else asked
