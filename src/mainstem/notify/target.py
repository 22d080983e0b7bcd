"""A place where people are told, from how settings write it: where its address is, never the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.config import Secret
from mainstem.errors import ConfigError
from mainstem.notify.apprise_messenger import AppriseMessenger
from mainstem.notify.struck import address_kept_secret

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.errors import Place
    from mainstem.notify.messenger import Messenger

VALID = "`env:NAME` or `file:PATH`, where an Apprise URL is"


def open_target(name: str, reference: str, where: Place | str, folder: Path) -> Messenger:
    """Raises ConfigError as `read_address`."""
    return AppriseMessenger(name, read_address(name, reference, where, folder))


def read_address(name: str, reference: str, where: Place | str, folder: Path) -> Secret:
    """The URL behind `env:NAME` or `file:PATH`.

    Raises ConfigError for an address that is written out, is not there, or is no URL; it is never repeated.
    """
    if not reference.startswith(("env:", "file:")):
        raise ConfigError(
            where, f"the address of {name} is written out, and such an address is a secret", VALID
        )
    try:
        url = Secret.resolve(reference, folder).reveal()
    except ValueError as e:
        raise ConfigError(where, f"the address of {name} is not there: {e}", VALID) from e
    if "://" not in url or any(sign.isspace() for sign in url):
        raise ConfigError(where, f"what {reference} holds for {name} is no URL", "mmosts://host/token, …")
    return address_kept_secret(url)
