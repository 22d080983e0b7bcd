"""What a project says of a Singer tap."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from mainstem.config import Secret
from mainstem.connectors.settings import ConnectorSettings


class SingerSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "singer"`: a tap that is installed, or a `package` that is put into an
    environment of its own by `mainstem connectors check NAME`. `streams` and `without` take the tap's own
    names, `tap_stream_id`. `base_url`, `daily_calls` and `reserve_calls` are not for taps."""

    package: str = ""
    """What is installed: `tap-github==2.0.0`, or whatever `pip install` takes as one requirement."""
    executable: str = ""
    """The tap's command: a path, or a name on PATH; of a `package` the name of its command, where that is not
    the package's."""
    python: str = ""
    """Python that the package's environment is made with, where the tap needs another than ours."""
    config: dict[str, Any] = msgspec.field(default_factory=dict)
    """The tap's own settings that are no secrets. `start_date` is `start` where it is left out."""
    secrets: dict[str, Secret] = msgspec.field(default_factory=dict)
    """Those that are, each as `env:NAME` or `file:PATH`."""
    environment: dict[str, str] = msgspec.field(default_factory=dict)
    """Variables that the tap is given beside PATH, HOME, the locale and those of proxies."""
    catalog: str = ""
    """File with the catalog of a tap that cannot discover."""
    catalog_hours: Annotated[float, msgspec.Meta(ge=0)] = 24.0
    """For how many hours what was discovered holds; `connectors check` discovers anew."""
    fields: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Fields that are read of a stream, beside those that the tap always sends; left out, every one."""
    without_fields: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Fields of a stream that are not."""
    keys: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Fields that tell a stream's rows apart, in place of what the tap says."""
    metadata: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    """Metadata that a stream gets in the catalog, such as `replication-method` and `replication-key`."""
    together: tuple[tuple[str, ...], ...] = ()
    """Streams that the tap only reads with another, each list beginning with that one. Where the catalog
    says which have a parent, they are read with it; a list in its place leaves out those not in it."""
    keep: tuple[str, ...] = ()
    """Streams read whole each time whose rows stay when they are listed no more."""
    quiet_minutes: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    """After so long without a word, a tap is ended."""
    longest_message_mb: Annotated[float, msgspec.Meta(gt=0)] = 64.0
    """A longer message fails the stream: so much is held in memory at once."""
