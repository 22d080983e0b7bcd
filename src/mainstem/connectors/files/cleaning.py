"""People in rows of files: addresses of clients, and what detectors find in addresses of pages.

The rules are those that events go through. What becomes a pseudonym becomes it where rows are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.connectors.files.logs import LOGS
from mainstem.privacy.addresses import truncated
from mainstem.privacy.detectors import DETECTORS
from mainstem.privacy.text import MASKED, Redaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.connectors.files.settings import FileTable


def cleaner(table: FileTable) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What takes people out of a row, as the settings say."""
    redaction = Redaction({detector.name: "mask" for detector in DETECTORS})
    log = LOGS.get(table.format)
    texts = table.clean if table.clean is not None else (log.cleaned if log else ())
    addresses = table.ip_columns if table.ip in ("truncate", "remove") else ()
    dropped = table.without_columns

    def clean(row: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(row)
        for name in dropped:
            found.pop(name, None)
        for name in addresses:
            if found.get(name) is not None:
                found[name] = _shortened(str(found[name])) if table.ip == "truncate" else None
        for name in texts:
            if isinstance(found.get(name), str):
                found[name] = redaction.clean(found[name]) or MASKED
        return found

    return clean


def _shortened(text: str) -> str | None:
    """An address, or the list that `X-Forwarded-For` is."""
    found = [truncated(one) for one in text.replace("%20", " ").split(",")]
    return ", ".join(one for one in found if one) or None
