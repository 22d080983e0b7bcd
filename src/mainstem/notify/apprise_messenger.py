"""A place that Apprise can reach: Mattermost, Slack, mail, a webhook and a hundred others.

Each message is sent by a process of its own: Apprise and its plugins take 2 s and 70 MB, which whoever waits
for something to tell all day long does without; and a mail server that hangs is ended with it. The address
goes through a pipe: no list of processes shows it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import MessageNotSent
from mainstem.notify.messenger import Messenger
from mainstem.notify.sending import Answer, Order
from mainstem.notify.struck import secrets_struck

if TYPE_CHECKING:
    from mainstem.config import Secret
    from mainstem.notify.message import Message

_KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip
"""All that a sender needs of the environment; secrets of tasks are in the rest."""


class AppriseMessenger(Messenger):
    def __init__(self, name: str, url: Secret, *, longest_s: float = 60.0) -> None:
        """`url` is Apprise's; `longest_s` is how long a message may take."""
        self.name = name
        self._url = url
        self._longest_s = longest_s

    def send(self, message: Message) -> None:
        order = Order(self._url.reveal(), message.title, message.body, message.level)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "mainstem.notify.sending"],
                input=msgspec.json.encode(order),
                capture_output=True,
                timeout=self._longest_s,
                check=False,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
            )
        except subprocess.TimeoutExpired:
            raise MessageNotSent(f"{self.name} took no message within {self._longest_s:g} s") from None
        self._judge(done)

    def _judge(self, done: subprocess.CompletedProcess[bytes]) -> None:
        try:
            answer = msgspec.json.decode(done.stdout, type=Answer)
        except msgspec.DecodeError:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            answer = Answer(False, f"its sender ended with {done.returncode}: {' '.join(last)}")
        if not answer.is_taken:
            raise MessageNotSent(f"{self.name} took no message: {secrets_struck(answer.words)}")
