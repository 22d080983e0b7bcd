"""Write keys and secrets: that each key leads to one source, and each reference to a value."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.config import Secret
from mainstem.errors import ConfigError
from mainstem.operate.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mainstem.events import Source

NAME = "keys"


def check_write_keys(read: Callable[[], Sequence[Source]]) -> Iterator[Finding]:
    """`read` raises ConfigError for a blank key, and for one that two sources claim."""
    try:
        sources = read()
    except ConfigError as e:
        yield fail(NAME, str(e), "give each source a write key of its own; `mainstem init` makes good ones")
        return
    if not any(source.enabled for source in sources):
        yield warn(NAME, "no source is enabled: every event is refused", "add [[sources]] to mainstem.toml")
        return
    keys = sum(len(source.write_keys) for source in sources)
    yield ok(NAME, f"{keys} write keys of {len(sources)} sources, each of one source")


def check_secrets(references: Mapping[str, str]) -> Iterator[Finding]:
    """`references` is what stands for each setting that is a secret, such as `env:NAME`."""
    good = []
    for setting, reference in references.items():
        scheme, _, rest = reference.partition(":")
        try:
            value = Secret.resolve(reference).reveal()
        except ValueError as e:
            yield fail(NAME, f"{setting}: {e}", f"set what {scheme}:{rest} names, or name another")
            continue
        if not value.strip():
            yield fail(NAME, f"{setting}: {scheme}:{rest} is blank", "put the secret there")
        elif scheme == "file" and _others_may_read(Path(rest)):
            yield warn(NAME, f"{setting}: other users may read {rest}", f"chmod 600 {rest}")
        elif scheme not in ("env", "file"):
            yield warn(
                NAME,
                f"{setting} stands in the settings themselves",
                "write env:NAME or file:PATH there, and keep the value where they say",
            )
        else:
            good.append(setting)
    if good:
        yield ok(NAME, f"{', '.join(good)}: there")


def _others_may_read(path: Path) -> bool:
    return bool(os.stat(path).st_mode & 0o077)  # noqa: PTH116 # follows links, as reading does
