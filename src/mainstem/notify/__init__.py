"""Telling people: a message to the places that settings name, through Apprise.

Promise: no secret leaves in a message, and a message that could not be sent is told of, never dropped in
silence. It decides nothing about what is worth telling.
"""

from __future__ import annotations

from mainstem.notify.apprise_messenger import AppriseMessenger
from mainstem.notify.dead_man import DeadMan
from mainstem.notify.message import Level, Message
from mainstem.notify.messenger import Messenger
from mainstem.notify.struck import personal_data_masked, secrets_struck
from mainstem.notify.target import open_target, read_address

__all__ = [
    "AppriseMessenger",
    "DeadMan",
    "Level",
    "Message",
    "Messenger",
    "open_target",
    "personal_data_masked",
    "read_address",
    "secrets_struck",
]
