"""The contract of a place where people are told. Suite: `mainstem.testing.messenger_contract`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.notify.message import Message


class Messenger(ABC):
    """Sent means that the place has taken it; nobody promises that somebody reads it."""

    name: str
    """As settings name the place: what may be printed of it."""

    @abstractmethod
    def send(self, message: Message) -> None:
        """Raises MessageNotSent when it was not taken; its text holds nothing of the place's address.

        One that was taken although this raised (the answer was lost) arrives twice when it is sent again.
        """
