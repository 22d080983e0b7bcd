"""Talking to services over HTTP: who we are, how often we may ask, and what to do when the answer is no.

Promise: one budget an account, however many processes ask; a limit is respected before it bites; a secret
stands in no error. It knows no service: what a status means to one of them is handed in.
"""

from __future__ import annotations

from mainstem.saas.auth import ApiKey, Auth, Basic, Bearer, NoAuth, Renewing, Token
from mainstem.saas.budget import Account, Budget, Limit, MemoryBudget, Quota
from mainstem.saas.clock import Clock, SystemClock
from mainstem.saas.finding import Finding
from mainstem.saas.jwt import signed
from mainstem.saas.ledger import LedgerBudget
from mainstem.saas.oauth import client_credentials, jwt_bearer, refresh_token
from mainstem.saas.opening import Opening
from mainstem.saas.session import ApiSession, Patience
from mainstem.saas.usage import Usage
from mainstem.saas.verdict import Judge, Verdict, judge_status

__all__ = [
    "Account",
    "ApiKey",
    "ApiSession",
    "Auth",
    "Basic",
    "Bearer",
    "Budget",
    "Clock",
    "Finding",
    "Judge",
    "LedgerBudget",
    "Limit",
    "MemoryBudget",
    "NoAuth",
    "Opening",
    "Patience",
    "Quota",
    "Renewing",
    "SystemClock",
    "Token",
    "Usage",
    "Verdict",
    "client_credentials",
    "judge_status",
    "jwt_bearer",
    "refresh_token",
    "signed",
]
