"""Liquid as LookML has it: parsed once per text, rendered against whatever `Values` a caller brings.

`parse` raises LiquidProblem where the text is no Liquid; names without a value render as nothing, as in
Looker. Nothing here knows a request, a warehouse or a page.
"""

from __future__ import annotations

from mainstem.semantics.liquid.templates import (
    LiquidProblem,
    Values,
    has_liquid,
    names_in,
    parse,
    render,
    tagged_names,
)

__all__ = ["LiquidProblem", "Values", "has_liquid", "names_in", "parse", "render", "tagged_names"]
