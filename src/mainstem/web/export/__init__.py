"""Answers as files: what a page shows, or all of it, to be kept.

Promise: the same rows as on the page, by the same rules about who sees what; a file that broke off is no
complete download. Memory does not grow with the rows where these come piece by piece.
"""

from __future__ import annotations

from mainstem.web.export.formats import FILE_FORMATS, FileFormat
from mainstem.web.export.pieces import Pieces
from mainstem.web.export.wanted import Wanted, read_wanted

__all__ = ["FILE_FORMATS", "FileFormat", "Pieces", "Wanted", "read_wanted"]
