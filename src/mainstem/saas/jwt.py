"""Signed claims by which a service knows a client: JSON Web Tokens with RS256 (RFC 7515, RFC 7518 3.3).

It signs with a private key of RSA and reads no token of others.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import CredentialsRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.config import Secret

_HEADER = b'{"alg":"RS256","typ":"JWT"}'


def signed(claims: Mapping[str, Any], key: Secret) -> str:
    """The compact form. `key` is a private RSA key as PEM, without a password.

    Raises CredentialsRefused for a key that is none.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # 40 ms, for this one grant
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(key.reveal().encode(), password=None)
    except (ValueError, TypeError) as e:
        raise CredentialsRefused("the private key is no unencrypted PEM (-----BEGIN PRIVATE KEY-----)") from e
    if not isinstance(private, RSAPrivateKey):
        raise CredentialsRefused("the private key is none of RSA, which RS256 signs with")
    text = b".".join(map(_written, (_HEADER, msgspec.json.encode(dict(claims)))))
    return b".".join((text, _written(private.sign(text, PKCS1v15(), SHA256())))).decode()


def _written(value: bytes) -> bytes:
    return urlsafe_b64encode(value).rstrip(b"=")
