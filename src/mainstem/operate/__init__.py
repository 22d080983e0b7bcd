"""Look after a running project: what is wrong with it, and how to mend it.

It asks the stages below and changes nothing of theirs.
"""

from __future__ import annotations
