"""Claims are signed as RFC 7515 says, and a key that cannot sign is told without being shown."""

from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mainstem.config import Secret
from mainstem.errors import CredentialsRefused
from mainstem.saas import signed
from tests.contract.test_salesforce import key_pair


def test_another_reader_of_tokens_takes_the_claims() -> None:
    private, public = key_pair()
    token = signed({"iss": "mainstem", "aud": "https://login.example", "exp": 4_000_000_000}, Secret(private))
    claims = jwt.decode(token, public, algorithms=["RS256"], audience="https://login.example")
    assert claims["iss"] == "mainstem"


def test_a_key_that_is_none_is_told_without_being_shown() -> None:
    with pytest.raises(CredentialsRefused, match="no unencrypted PEM") as raised:
        signed({}, Secret("not-a-key"))
    assert "not-a-key" not in str(raised.value)


def test_a_key_that_is_not_of_rsa_is_refused() -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(CredentialsRefused, match="none of RSA"):
        signed({}, Secret(pem.decode()))
