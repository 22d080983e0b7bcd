"""Who is let in: tokens by four OAuth grants, and the older login by SOAP.

A JWT is held to the certificate of the connected app: without one, none is taken. It answers as Salesforce's
token endpoint does and keeps nothing but the tokens that are out.
"""

from __future__ import annotations

import re
from base64 import b64decode
from html import escape, unescape
from typing import TYPE_CHECKING

from mainstem.simulate.saas.door import claims_of
from mainstem.simulate.saas.http import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request

ORGANIZATION = "00D5g0000000001EAA"
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com">'
    "<soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: {0}"
    "</faultstring><detail><sf:LoginFault><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>"
    "<sf:exceptionMessage>{0}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
    "</soapenv:Body></soapenv:Envelope>"
)
_LOGGED_IN = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
    "<soapenv:Body><loginResponse><result><passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
    "<serverUrl>{url}</serverUrl><sessionId>{token}</sessionId></result></loginResponse>"
    "</soapenv:Body></soapenv:Envelope>"
)


class Door:
    client = ("mainstem", "simulated")
    refresh_token = "simulated-refresh"  # noqa: S105 # of a service that does not exist
    user = ("etl@simulated.example", "simulated")
    security_token = "token"  # noqa: S105 # as above

    def __init__(self, clock: ControlledClock, certificate: str | None) -> None:
        """`certificate`: the public key, as PEM, that JWTs are held to."""
        self._clock = clock
        self.certificate = certificate
        self._tokens: set[str] = set()
        self._given = 0
        self.rotates = False
        """Whether a refresh token is exchanged for another each time, as an app can be told to."""

    def lets_in(self, request: Request) -> bool:
        if (session := request.headers.get("x-sfdc-session")) is not None:  # of Bulk's first version
            return session in self._tokens
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind.lower() in ("bearer", "oauth") and token in self._tokens

    def close(self) -> None:
        """Every token given out so far is valid no more."""
        self._tokens.clear()

    def give(self) -> str:
        self._given += 1
        token = f"{ORGANIZATION[:15]}!simulated.{self._given}"
        self._tokens.add(token)
        return token

    def oauth(self, request: Request) -> Answer:
        form = request.form()
        kind, _, pair = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            form["client_id"], _, form["client_secret"] = b64decode(pair).decode().partition(":")
        wrong = self._wrong_grant(form)
        if wrong is not None:
            return json_answer({"error": wrong[0], "error_description": wrong[1]}, 400)
        rotated: dict[str, str] = {}
        if self.rotates and form["grant_type"] == "refresh_token":
            self.refresh_token = f"simulated-refresh-{self._given}"
            rotated["refresh_token"] = self.refresh_token
        return json_answer(
            {
                **rotated,
                "access_token": self.give(),
                "instance_url": instance(request),
                "id": f"{instance(request)}/id/{ORGANIZATION}/0055g0000000001AAA",
                "token_type": "Bearer",
                "issued_at": str(int(self._clock.now().timestamp() * 1000)),
                "signature": "simulated",
                "scope": "api refresh_token",
            }
        )

    def soap(self, request: Request, version: str) -> Answer:
        text = request.body.decode()
        given = [
            unescape(found.strip()) for found in re.findall(r"<\w+:(?:username|password)>([^<]*)<", text)
        ]
        user, password = self.user
        if given not in ([user, password + self.security_token], [user, password]):
            words = "Invalid username, password, security token; or user locked out."
            return Answer(500, _FAULT.format(words).encode(), {"Content-Type": "text/xml"})
        url = f"{instance(request)}/services/Soap/u/{version}/{ORGANIZATION}"
        found = _LOGGED_IN.format(url=escape(url), token=escape(self.give()))
        return Answer(200, found.encode(), {"Content-Type": "text/xml"})

    def _wrong_grant(self, form: Mapping[str, str]) -> tuple[str, str] | None:
        grant = form.get("grant_type", "")
        if grant == _JWT:
            return self._wrong_assertion(form.get("assertion", ""))
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return "invalid_client_id", "client identifier invalid"
        if grant == "client_credentials":
            return None
        if grant == "refresh_token":
            fits = form.get("refresh_token") == self.refresh_token
            return None if fits else ("invalid_grant", "expired access/refresh token")
        if grant == "password":
            user, password = self.user
            given = (form.get("username"), form.get("password"))
            fits = given in ((user, password), (user, password + self.security_token))
            return None if fits else ("invalid_grant", "authentication failure")
        return "unsupported_grant_type", "grant type not supported"

    def _wrong_assertion(self, assertion: str) -> tuple[str, str] | None:
        claims = None if self.certificate is None else claims_of(assertion, self.certificate)
        if claims is None:
            return "invalid_grant", "invalid assertion"
        if claims.get("iss") != self.client[0]:
            return "invalid_client_id", "client identifier invalid"
        if claims.get("sub") != self.user[0]:
            return "invalid_grant", "user hasn't approved this consumer"
        if not str(claims.get("aud", "")).startswith("https://"):
            return "invalid_grant", "audience is invalid"
        return None


def instance(request: Request) -> str:
    """Where the org is, for who came to the host that everybody logs in at."""
    return request.base_url.replace("//login.", "//simulated.my.").replace("//test.", "//simulated.my.")
