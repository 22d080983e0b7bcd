"""Run something for as long as a block lasts, such as a look once a second for as long as a gateway serves.

Nobody waits for it, so a fault of its own is told when it happens: the block goes on, and ends with it.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

logger = logging.getLogger("mainstem.collect")


@asynccontextmanager
async def alongside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Cancels `work` when the block ends. Raises then what it raised before."""
    task = asyncio.create_task(work)
    task.add_done_callback(_tell)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _tell(task: asyncio.Task[None]) -> None:
    failure = None if task.cancelled() else task.exception()
    if failure is not None:
        logger.error("the gateway goes on without what failed beside it", exc_info=failure)
