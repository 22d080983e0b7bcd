"""Secrets that somebody could use: JWTs, keys of well-known issuers, and long random text.

Random text is 32 or more letters and digits of upper and lower case (with `-`, `_`, `+`), two of them digits
and twenty in a row without a sign between. Ids made of lower-case letters and digits, digests and UUIDs are
none: nearly every event has some.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from mainstem.privacy.detectors.opaque import opaque_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = re.compile(
    # The look-behind keeps it linear (a chain of beginnings is read once), as do the possessive repeats.
    r"(?<![\w-])(?:"
    r"eyJ[A-Za-z0-9]{17}[\w-]*+(?:\.[\w-]++){1,4}\.?"  # JWT, JWE
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{20,}"  # Stripe
    r"|gh[opsur]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9]{20,}\w*"  # GitHub
    r"|glpat-[\w-]{20,}"  # GitLab
    r"|xox[a-z]-[\w-]*[A-Za-z0-9]{20,}"  # Slack
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}"  # AWS
    r"|AIza[\w-]{35}|ya29\.[\w-]*[A-Za-z0-9]{20,}[\w-]*"  # Google
    r"|SG\.[A-Za-z0-9]{20,}[\w.-]*"  # SendGrid
    r"|(?:npm|hf|shpat|shpss|shpca|dop_v1)_[A-Za-z0-9]{20,}"  # npm, Hugging Face, Shopify, DigitalOcean
    r"|sk-[\w-]*[A-Za-z0-9]{20,}[\w-]*"  # OpenAI, Anthropic
    r")|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
)
_LONG = re.compile(r"[A-Za-z0-9_+-]{32,}={0,2}")
_ROW = re.compile(r"[A-Za-z0-9]{20}")
_FEWEST_DIGITS = 2  # of 32 random letters and digits five; a long name has one, for its version
_LEAST_ENTROPY = 4.0  # bits a character; 32 random letters and digits have 4.5, long camel case below 4

NAMES = frozenset(
    {
        "password", "passwd", "pwd", "passphrase", "secret", "token", "jwt", "bearer", "authorization", "otp",
        "cookie", "setcookie", "apikey", "privatekey", "secretkey", "accesskey", "credential", "credentials",
        "sessionkey", "csrf", "xsrf", "signature", "sig",
    }
)  # fmt: skip
NAME_ENDINGS = ("password", "passphrase", "secret", "token", "apikey", "privatekey", "secretkey")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each, from left to right, none of them overlapping."""
    found = [match.span() for match in KNOWN.finditer(text)]
    found += [span for span in _random_spans(text) if not any(a < span[1] and span[0] < b for a, b in found)]
    return iter(sorted(found))


def known_spans(text: str) -> Iterator[tuple[int, int]]:
    """Only what an issuer's spelling gives away: ids are random text themselves."""
    return (match.span() for match in KNOWN.finditer(text))


def is_name(name: str) -> bool:
    """Whether a property of this bare name holds a secret."""
    return name in NAMES or name.endswith(NAME_ENDINGS)


def _random_spans(text: str) -> Iterator[tuple[int, int]]:
    opaque: list[tuple[int, int]] | None = None
    for found in _LONG.finditer(text):
        if _is_random(found.group()):
            opaque = list(opaque_spans(text)) if opaque is None else opaque
            if not any(begin <= found.start() and found.end() <= end for begin, end in opaque):
                yield found.span()


def _is_random(text: str) -> bool:
    if text.islower() or text.isupper() or not _ROW.search(text):
        return False
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return False
    counts = Counter(text[:4096])
    total = min(len(text), 4096)
    return -sum(n / total * math.log2(n / total) for n in counts.values()) >= _LEAST_ENTROPY
