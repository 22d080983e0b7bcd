"""Read `mainstem.toml` and the environment into settings that say where each value came from.

Each package owns its settings as a frozen msgspec Struct and asks `Config.section` for it; this package
knows none of them. It never prints a secret and never guesses: an unknown key is an error.
"""

from __future__ import annotations

from mainstem.config.address import PostgresAddress
from mainstem.config.reader import Config, parse_config, read_config
from mainstem.config.redaction import redact, spellings_of
from mainstem.config.secret import Secret

__all__ = ["Config", "PostgresAddress", "Secret", "parse_config", "read_config", "redact", "spellings_of"]
