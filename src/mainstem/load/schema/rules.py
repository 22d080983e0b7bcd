"""The rules in force for one event: provider, options, names and JSON paths, worked out once and shared.

Compiled rules are remembered per choice of options, because nearly every event of a source has the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mainstem.load.schema.jsonpaths import JsonPaths
from mainstem.load.schema.names import Naming

if TYPE_CHECKING:
    from mainstem.load.schema.options import Options
    from mainstem.load.schema.provider import Provider


class Rules:
    """Everything about the schema that does not depend on the event."""

    def __init__(self, provider: Provider, options: Options) -> None:
        self.provider = provider
        self.options = options
        self.json_paths = JsonPaths.of(options.json_paths)
        self.naming = Naming(
            provider,
            divide_numbers=options.underscore_divide_numbers,
            blendo=options.use_blendo_casing,
            escape_reserved=not options.skip_reserved_keywords_escaping,
        )


@lru_cache(64)
def compiled(provider: Provider, options: Options) -> Rules:
    return Rules(provider, options)
