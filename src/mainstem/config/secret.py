"""A value that must not be printed: it shows as `***` wherever text is made of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar


class Secret:
    """Holds text that only `reveal()` gives out.

    The process remembers every value it made one of, so that `redact` can strike it from text that others
    (drivers, engines) wrote it into.
    """

    __slots__ = ("_value",)
    _values: ClassVar[set[str]] = set()

    def __init__(self, value: str) -> None:
        self._value = value
        self._values.add(value)

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    @classmethod
    def values(cls) -> frozenset[str]:
        """The value of every secret that this process has read."""
        return frozenset(cls._values)

    @classmethod
    def resolve(cls, reference: str, folder: Path | None = None) -> Secret:
        """`env:NAME` reads an environment variable, `file:PATH` a file (its text, stripped); anything
        else is the secret itself. A relative path begins at `folder`, by default the current one.

        Raises ValueError, naming the reference and never a value, when there is nothing behind it.
        """
        scheme, _, rest = reference.partition(":")
        if scheme == "env":
            if rest not in os.environ:
                raise ValueError(f"environment variable {rest} is not set")
            return cls(os.environ[rest])
        if scheme == "file":
            try:
                file = (folder or Path()) / Path(rest).expanduser()
                return cls(file.read_text(encoding="utf-8").strip())
            except OSError as e:
                raise ValueError(f"cannot read {rest}: {e.strerror}") from e
        return cls(reference)
