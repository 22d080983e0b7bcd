"""Take what the detectors find out of one text, in whatever spelling a URL, a query or an alphabet gave it.

A text is looked at as it stands; with its percent-escapes undone, piece by piece; and, where it is not
ASCII, in its plain form (full-width letters and other digits become ordinary ones). Parameters are judged by
their names too, and a URL loses its user name and password. What was cleaned is clean when looked at again.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote

from mainstem.privacy.detectors import DETECTORS
from mainstem.privacy.names import bare
from mainstem.privacy.pseudonyms import is_pseudonym, pseudonym

if TYPE_CHECKING:
    from mainstem.privacy.detectors import Detector, DetectorName
    from mainstem.privacy.pseudonyms import PseudonymKeys


MASKED = "[masked]"
"""In place of what is not told, or could not be looked at."""

DetectorAction = Literal["mask", "drop", "pseudonymise", "keep"]

_MARK = re.compile(r"\[(?:email|card|phone|token|masked)\]")
_PIECE = re.compile(r"[^/?&#=;,\s]*%[0-9A-Fa-f]{2}[^/?&#=;,\s]*")
_PARAMETER = re.compile(r"(?:(?<=[?&#;])|\A)([^=&?#;\s/]{1,64})=([^&#;\s]*)")
_USER_INFO = re.compile(r"(?<=://)[^/?#\s@]*(?:@[^/?#\s@]*)*@(?=[^/?#\s@])")
_BRACKETS = str.maketrans("", "", "[]")  # user[password]=…, as some frameworks write user.password
_UNQUOTED_SIGNS = "[]:@+"
_ESCAPED_TIMES = 3
_DIGITS = "0123456789"
_COSTLY = ("%", "=", "@")
_SIGNS_A_REQUEST = 128 * 1024
_SIGNS_AN_EVENT = 64
_LONGEST_REMEMBERED = 256
_MOST_REMEMBERED = 4096


class Redaction:
    """The detectors of one profile and what each does with what it finds.

    Built once for a source. Not to be shared between threads.
    """

    def __init__(
        self, actions: Mapping[DetectorName, DetectorAction], keys: PseudonymKeys | None = None
    ) -> None:
        self.detectors = tuple(d for d in DETECTORS if actions.get(d.name, "keep") != "keep")
        self._actions = actions
        self._keys = keys
        self._clean: set[str] = set()
        self._hides_users = bool({"email", "token"} & {d.name for d in self.detectors})
        self._room = math.inf
        self.is_spent = False
        """Whether the room did not suffice for a text since `begin`."""

    def begin(self, *, is_new_request: bool) -> None:
        """Limit what may be looked at from here on: one request for all its events, as one thread looks at
        them and every other sender waits. Without it there is no limit."""
        self._room = _SIGNS_A_REQUEST if is_new_request else self._room + _SIGNS_AN_EVENT
        self.is_spent = False

    def clean(self, text: str) -> str | None:
        """The text without what was found; `text` itself where nothing was, None where it must go as a
        whole."""
        if text in self._clean:
            return text
        if not self._affords(text):
            return MASKED
        cleaned = self._clean_decoded(text)
        if cleaned == text and len(text) <= _LONGEST_REMEMBERED:
            if len(self._clean) >= _MOST_REMEMBERED:
                self._clean.clear()
            self._clean.add(text)
        return cleaned

    def is_suspect_id(self, text: str) -> bool:
        """Whether something is found in an id, which may be as random as it likes."""
        if text in self._clean or is_pseudonym(text):
            return False
        if not self._affords(text):
            return True
        spellings = {text, _unquoted(text), _plain(_unquoted(text))}
        return any(next(iter(d.spans_in_id(one)), None) for d in self.detectors for one in spellings)

    def value_mark(self, name: str, value: object) -> str | None:
        """What stands for `value` because of its property's name: a mark; None where the name says nothing
        about it, or its value cannot be meant (`phone: true`)."""
        detector = self.detector_of(name)
        if detector is None or not _is_meant(detector.name, value):
            return None
        return f"[{detector.name}]"

    def detector_of(self, name: str) -> Detector | None:
        """The detector that knows properties of this name."""
        short = bare(name)
        return next((d for d in self.detectors if d.is_name(short)), None)

    def drops(self, mark: str) -> bool:
        return self._actions.get(mark[1:-1], "keep") == "drop"  # type: ignore[call-overload, no-any-return] # a mark is a detector's name in brackets

    def replacement(self, detector: DetectorName, found: str) -> str | None:
        """What stands in place of `found`; None where the whole value must go."""
        match self._actions[detector]:
            case "pseudonymise" if self._keys is not None:
                return pseudonym(self._keys, found)
            case "drop":
                return None
            case _:
                return f"[{detector}]"

    def _affords(self, text: str) -> bool:
        """Whether there is room to look at `text`, which then has less."""
        self._room -= _cost(text)
        if self._room >= 0:
            return True
        self._room, self.is_spent = 0, True
        return False

    def _clean_decoded(self, text: str) -> str | None:
        cleaned: str | None = text
        if self._hides_users and "://" in text and "@" in text:
            cleaned = _USER_INFO.sub("", text)
        if "=" in text:
            cleaned = self._clean_parameters(cleaned)
        if cleaned is not None and "%" in cleaned:
            cleaned = self._clean_pieces(cleaned)
        if cleaned is not None:
            cleaned = self._clean_plain(cleaned)
        if cleaned is not None and not cleaned.isascii():
            plain = _plain(cleaned)
            redone = cleaned if plain == cleaned else self._clean_plain(plain)
            cleaned = cleaned if redone == plain else redone
        return cleaned

    def _clean_parameters(self, text: str | None) -> str | None:
        """Values of parameters whose name says what they are: `?email=…`, `#access_token=…`."""
        if text is None:
            return None
        dropped = False

        def replaced(found: re.Match[str]) -> str:
            nonlocal dropped
            name, value = found.groups()
            mark = self.value_mark(_unquoted(name).translate(_BRACKETS), _unquoted(value))
            if mark is None or _MARK.fullmatch(_unquoted(value)):
                return found.group()
            dropped = dropped or self.drops(mark)
            return f"{name}={mark}"

        cleaned = _PARAMETER.sub(replaced, text)
        return None if dropped else cleaned

    def _clean_pieces(self, text: str) -> str | None:
        dropped = False

        def replaced(found: re.Match[str]) -> str:
            nonlocal dropped
            piece = _unquoted(found.group())
            cleaned = self._clean_plain(piece)
            if cleaned is not None and not cleaned.isascii():
                plain = _plain(piece)
                redone = self._clean_plain(plain)
                cleaned = cleaned if redone == plain else redone
            dropped = dropped or cleaned is None
            if cleaned is None or cleaned == piece:
                return found.group()
            return quote(cleaned, safe=_UNQUOTED_SIGNS)

        cleaned = _PIECE.sub(replaced, text)
        return None if dropped else cleaned

    def _clean_plain(self, text: str) -> str | None:
        if is_pseudonym(text):
            return text
        for detector in self.detectors:
            spans = list(detector.spans(text))
            if not spans:
                continue
            parts, after = [], 0
            for begin, end in spans:
                instead = self.replacement(detector.name, text[begin:end])
                if instead is None:
                    return None
                parts += [text[after:begin], instead]
                after = end
            text = "".join([*parts, text[after:]])
        return text


def _cost(text: str) -> int:
    """What looking at a text costs, in signs that have to be looked at one by one (some µs each)."""
    signs = sum(map(text.count, _COSTLY)) + len(text) // 256
    if not text.isascii():
        return signs + len(text) // 8
    return signs + sum(map(text.count, _DIGITS)) // 4


Cleaned = Callable[[str], "str | None"]


def is_mark(value: object) -> bool:
    """Whether it is what a rule put in place of something."""
    return isinstance(value, str) and (_MARK.fullmatch(value) is not None or is_pseudonym(value))


def _is_meant(detector: DetectorName, value: object) -> bool:
    """Whether a value can be what its name says, so that `phone: true` and `tokens: 12` stay."""
    if isinstance(value, bool) or value is None or is_mark(value):
        return False
    text = str(value)
    digits = sum(map(str.isdigit, text))
    match detector:
        case "email":
            return isinstance(value, str) and bool(text.strip())
        case "phone":
            return digits >= 6
        case "card":
            return digits >= 3
        case "token":
            return isinstance(value, str) and bool(text.strip())


def _unquoted(text: str) -> str:
    """Percent-escapes undone, those of escapes too."""
    for _ in range(_ESCAPED_TIMES):
        if "%" not in text:
            break
        text = unquote(text)
    return text


def _plain(text: str) -> str:
    """Compatibility forms and the digits of every script as plain ones."""
    plain = unicodedata.normalize("NFKC", text)
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.digit(c, c)) for c in plain)
