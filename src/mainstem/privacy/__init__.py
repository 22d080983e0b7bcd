"""Rules that keep personal data out of what is stored: drop, hash, mask, pseudonymise.

Pure: an event and what is known of its request go in, the event leaves changed. It knows neither the
gateway nor the warehouse, so that every stage can use the same rules and the same pseudonyms.
"""

from __future__ import annotations

from mainstem.privacy.consent import ANONYMISED, consent_step
from mainstem.privacy.profiles import BUILT_IN, Consent, Profile, resolve_profile
from mainstem.privacy.pseudonyms import PseudonymKeys, is_pseudonym, pseudonym, pseudonyms
from mainstem.privacy.rules import Rules, compile_rules
from mainstem.privacy.settings import ConsentSettings, PrivacySettings, ProfileSettings
from mainstem.privacy.suppression import read_suppressed, suppression_step

__all__ = [
    "ANONYMISED",
    "BUILT_IN",
    "Consent",
    "ConsentSettings",
    "PrivacySettings",
    "Profile",
    "ProfileSettings",
    "PseudonymKeys",
    "Rules",
    "compile_rules",
    "consent_step",
    "is_pseudonym",
    "pseudonym",
    "pseudonyms",
    "read_suppressed",
    "resolve_profile",
    "suppression_step",
]
