"""How a process logs: lines on stderr, which whoever runs it keeps."""

from __future__ import annotations

import logging
import sys


def log_to_stderr() -> None:
    """Log everything from INFO up, with the moment and who says it."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
