"""Every kind of place takes a message, or says in words, without its address, that it did not."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller

from mainstem.config import Secret
from mainstem.errors import MessageNotSent
from mainstem.notify import AppriseMessenger, Message
from mainstem.notify.sending import Answer, Order, deliver
from mainstem.testing.messengers import RecordingMessenger, WebhookReceiver, webhook_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

# Apprise asks for it by name when its plugin for mail is loaded; it has its own where it is gone.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TOKEN = "ju3onb9zqbd8xp7sdrhzmpfqby"
MESSAGE = Message("events.load failed", "exit 1\nlast line <of> the *log*", "failure")


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[tuple[list[str], Any]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def order(url: str, message: Message = MESSAGE) -> Order:
    return Order(url, message.title, message.body, message.level)


def test_a_webhook_of_mattermost_or_slack_takes_text(receiver: WebhookReceiver) -> None:
    assert deliver(order(f"mmost://127.0.0.1:{receiver.port}/{TOKEN}")) == Answer(True)
    ((path, posted),) = receiver.posted
    assert path == f"/hooks/{TOKEN}"
    assert "events.load failed" in posted["text"]
    assert "last line <of> the *log*" in posted["text"]


def test_a_webhook_takes_json(receiver: WebhookReceiver) -> None:
    assert deliver(order(f"json://127.0.0.1:{receiver.port}/alerts")) == Answer(True)
    ((path, posted),) = receiver.posted
    assert path == "/alerts"
    assert (posted["title"], posted["message"], posted["type"]) == (MESSAGE.title, MESSAGE.body, "failure")


def test_a_mail_server_takes_mail(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    url = f"mailto://127.0.0.1:{port}/?from=mainstem@example.org&to=data@example.org&mode=insecure"
    assert deliver(order(url)) == Answer(True)
    ((recipients, mail),) = box.mails
    assert recipients == ["data@example.org"]
    assert mail["Subject"] == "events.load failed"
    assert "last line" in mail.get_body(("plain", "html")).get_content()


@pytest.mark.parametrize("scheme", ["mmost", "json"])
def test_a_place_that_refuses_is_told_of_without_its_address(receiver: WebhookReceiver, scheme: str) -> None:
    receiver.status, receiver.answer = 403, f"no such hook {TOKEN}".encode()
    answer = deliver(order(f"{scheme}://127.0.0.1:{receiver.port}/{TOKEN}"))
    assert not answer.is_taken
    assert "403" in answer.words
    assert TOKEN not in answer.words


def test_a_place_that_is_not_there_is_told_of_without_its_address() -> None:
    answer = deliver(order(f"json://watcher:hunter2hunter2@127.0.0.1:9/{TOKEN}"))
    assert not answer.is_taken
    assert answer.words
    assert TOKEN not in answer.words
    assert "hunter2" not in answer.words


@pytest.mark.parametrize("url", [f"nope://127.0.0.1/{TOKEN}", f"mmost://127.0.0.1/{TOKEN}/{TOKEN}/x y"])
def test_an_address_that_apprise_does_not_know_is_told_of(url: str) -> None:
    answer = deliver(order(url))
    assert not answer.is_taken
    assert TOKEN not in answer.words


def test_a_message_is_sent_by_a_process_of_its_own(
    receiver: WebhookReceiver, capfd: pytest.CaptureFixture[str]
) -> None:
    messenger = AppriseMessenger("team", Secret(f"json://127.0.0.1:{receiver.port}/{TOKEN}"))
    messenger.send(MESSAGE)
    receiver.status = 500
    with pytest.raises(MessageNotSent, match=r"team took no message: .*500") as e:
        messenger.send(MESSAGE)
    assert TOKEN not in str(e.value)
    assert len(receiver.posted) == 2
    assert capfd.readouterr() == ("", "")


def test_a_place_that_does_not_answer_is_given_up() -> None:
    messenger = AppriseMessenger("team", Secret("json://127.0.0.1:9/x"), longest_s=0.01)
    with pytest.raises(MessageNotSent, match=r"team took no message within 0\.01 s"):
        messenger.send(MESSAGE)


def test_the_recording_one_takes_and_refuses_alike() -> None:
    messenger = RecordingMessenger(refusals=1)
    with pytest.raises(MessageNotSent, match="team took no message"):
        messenger.send(MESSAGE)
    messenger.send(MESSAGE)
    assert messenger.sent == [MESSAGE]
