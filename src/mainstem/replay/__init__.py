"""Events held back, mended by rules and sent on their way again. It knows events and logs, and no warehouse."""

from __future__ import annotations
