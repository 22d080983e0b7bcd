"""One module a revision, numbered without gaps."""

from __future__ import annotations
