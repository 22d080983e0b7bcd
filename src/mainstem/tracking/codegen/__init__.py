"""Typed functions from a plan, one an event, over the SDKs as they are.

The same plan gives the same text, to the byte. What is written calls an SDK that the caller made, and holds
no key, no address and no state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.tracking.codegen.python import python_code
from mainstem.tracking.codegen.typescript import typescript_code

if TYPE_CHECKING:
    from mainstem.tracking.plan import Plan

__all__ = ["generate", "python_code", "typescript_code"]

LANGUAGES = {"python": python_code, "typescript": typescript_code}


def generate(plan: Plan, language: str) -> str:
    """Raises KeyError for a language that is none of LANGUAGES."""
    return LANGUAGES[language](plan)
