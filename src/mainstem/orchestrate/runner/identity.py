"""Which runner this is, and whether another one of this machine is dead."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.orchestrate.keeping.machine import born_at, this_machine

if TYPE_CHECKING:
    from mainstem.store.runs import Runner


@dataclass(frozen=True)
class Identity:
    name: str
    host: str
    machine: str
    pid: int
    born: int

    @classmethod
    def of_this_process(cls) -> Identity:
        host, pid = socket.gethostname(), os.getpid()
        return cls(f"{host}-{pid}-{secrets.token_hex(3)}", host, this_machine(), pid, born_at(pid) or 0)

    def is_dead(self, other: Runner) -> bool:
        """Of one of another machine, or another process namespace, nothing can be said."""
        return other.machine == self.machine and born_at(other.pid) != other.born
