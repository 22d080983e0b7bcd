"""What a Postgres said that let nobody in, to whoever checks it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.saas.finding import Finding

if TYPE_CHECKING:
    from mainstem.errors import CredentialsRefused

_NO_DATABASE = re.compile(r'database ".*" does not exist')


def shut_out(error: CredentialsRefused) -> Finding:
    """Whether it is the database or who we are that it does not know."""
    said = str(error)
    return Finding("database" if _NO_DATABASE.search(said) else "credentials", False, said)
