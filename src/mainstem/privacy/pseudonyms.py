"""Keyed pseudonyms: the same value gives the same text wherever it is met, and nobody without the key can
tell from it what the value was.

The one function that every stage uses is `pseudonym`, so that what the gateway wrote joins with what a
connector wrote. A plain hash is not offered: of an e-mail address it is undone by trying addresses.

A pseudonym is `<key id>:<64 lower-case hex digits>`, the HMAC-SHA256 under that key of `kind:value`, where
kind and spelling are worked out from the value alone:

- `email`: text that is one e-mail address, without surrounding space, in lower case;
- `phone`: text that is one telephone number with its `+`, of which the digits count;
- `text`: all else, without surrounding space; a whole number as its digits, so that 42 and "42" are one.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping

import msgspec

from mainstem.privacy.detectors.email import is_email

KEY_ID = re.compile(r"k[0-9a-z]{1,15}")
PSEUDONYM = re.compile(r"[kh][0-9a-z]{1,15}:[0-9a-f]{64}")
_PHONE = re.compile(r"\+[\d ./()-]{7,30}", re.ASCII)
_NO_DIGIT = re.compile(r"\D+")


class PseudonymKeys(msgspec.Struct, frozen=True):
    """Every key a project has ever used that values are still to be found under, and the one it uses."""

    current: str
    """Id of the key that new pseudonyms are made with, such as `k2`."""
    keys: Mapping[str, bytes]
    """Id → key. Holds secrets: never show it."""

    def __repr__(self) -> str:
        return f"PseudonymKeys(current={self.current!r}, keys={sorted(self.keys)!r})"


def pseudonym(keys: PseudonymKeys, value: str | int | float) -> str:
    """The pseudonym of `value` under the current key. A pseudonym is returned as it is, whatever its key."""
    text = _text(value)
    if is_pseudonym(text):
        return text
    return _under(keys.current, keys.keys[keys.current], normalised(text))


def pseudonyms(keys: PseudonymKeys, value: str | int | float) -> dict[str, str]:
    """The pseudonyms of `value` under every key, by key id: what it may stand under in older data."""
    message = normalised(_text(value))
    return {name: _under(name, key, message) for name, key in keys.keys.items()}


def salted_hash(keys: PseudonymKeys, value: str | int | float, salt: str) -> str:
    """A digest of `value` that can be counted and grouped by within one column and joins with nothing:
    `salt`, the path of the rule, goes into it. Written as a pseudonym with `h` for `k`."""
    text = _text(value)
    if is_pseudonym(text):
        return text
    message = f"hash:{salt}:{normalised(text)}"
    return "h" + _under(keys.current, keys.keys[keys.current], message)[1:]


def is_pseudonym(text: str) -> bool:
    """Whether it is spelt as one; anybody can spell one."""
    return len(text) >= 67 and text[0] in "kh" and PSEUDONYM.fullmatch(text) is not None


def normalised(text: str) -> str:
    """`kind:value`, the message that is signed; the docstring of the module has the rule."""
    text = unicodedata.normalize("NFC", text).strip()
    if "@" in text and is_email(text):
        return f"email:{text.lower()}"
    if text.startswith("+") and _PHONE.fullmatch(text):
        return f"phone:{_NO_DIGIT.sub('', text)}"
    return f"text:{text}"


def _under(key_id: str, key: bytes, message: str) -> str:
    return f"{key_id}:{hmac.digest(key, message.encode('utf-8', 'surrogatepass'), 'sha256').hex()}"


def _text(value: str | int | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
