"""Rules that keep personal data out of what is stored: drop, hash, mask, pseudonymise.

Pure: an event and what is known of its request go in, the event leaves changed. It knows neither the
gateway nor the warehouse, so that every stage can use the same rules and the same pseudonyms.
"""

from __future__ import annotations
