"""How hard the simulated company is to understand: every rate in one place, each a parameter.

The defaults are the fixed difficulty by which models are judged; whoever changes one marks their own exam.
It holds numbers alone and decides nothing.
"""

from __future__ import annotations

import msgspec


class Difficulty(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are 0 … 1, of what the docstring says."""

    cookie_lost: float = 0.35
    """Of people, who lose their cookie between their first visit and their last step."""
    device_shared: float = 0.04
    """Of devices, used by two to five people."""
    reset_on_shared: float = 0.5
    """Of people who log in on a shared device, who log out: the SDK's reset gives it another anonymous id."""
    aliased: float = 0.5
    """Of sign-ups, in which the browser sends an alias of its anonymous id."""
    two_emails: float = 0.06
    """Of people who give an e-mail, who give a second one at another time."""
    untagged_visit: float = 0.40
    """Of visits, without campaign and referrer."""
    sdk_blocked: float = 0.15
    """Of browsers, which block the SDK's usual paths."""
    privacy_signal: float = 0.08
    """Of browsers, which send Global Privacy Control."""
    anonymous_id_missing: float = 0.01
    """Of the website's events with a user id, which lack the anonymous one."""
    visitor_downloads: float = 0.03
    visitor_tries: float = 0.01
    trial_buys: float = 0.12
    """Of trials, which buy within 90 days."""
    trial_server: float = 0.05
    """Of trials that buy nothing, which start a server; it ends with the trial."""
    trial_server_of_buyer: float = 0.30
    """Of trials that buy, which started a server before."""
    trial_pursued: float = 0.25
    """Of trials, of which sales makes an account and an opportunity before any purchase."""
    buyer_activates: float = 0.55
    """Of buyers, who start a server within 30 days."""
    buyer_activates_late: float = 0.25
    """Of buyers, who start one after 31 to 180 days."""
    lag_median_months: float = 5.0
    lag_sigma: float = 1.32
    """With the median: three servers in ten run one of the last three releases, so lag 2½ months or less."""
    opted_out: float = 0.12
    """Of servers, which send no telemetry."""
    fake_server: float = 0.03
    """Of servers, which are internal, tests or fakes; servers of trials alone are counted in no share."""
    free_server: float = 0.25
    """Of servers, which have no licence; servers of trials alone are counted in no share."""
    licence_on_many: float = 0.15
    """Of activated licences, which run on a second server too."""
    licence_changed: float = 0.04
    """Of licensed servers, which change to another licence of their account."""
    sampled_months: tuple[int, int] = (13, 18)
    """First and last month of history, counted from 1, in which product clients send a sample."""
    sampled_rate: float = 0.02
    retried: float = 0.01
    """Of events, sent again with the same message id."""
    late: float = 0.03
    """Of events, received more than a day after they were made."""
    future: float = 0.001
    """Of events, dated after they are sent."""
    absurd_clock: float = 0.0005
    """Of events, from a device that believes in another decade."""
    personal_data: float = 0.002
    """Of events, which carry an e-mail, a phone number or something like a token."""
    both_arms: float = 0.02
    """Of people in an experiment, who see both variations."""
    multi_year: float = 0.15
    """Of terms, which are longer than a year."""
    co_termed: float = 0.08
    """Of terms, with an addition that ends with them."""
    odd_term: float = 0.06
    """Of terms, with a line item of zero days or one that overlaps the term before."""
    account_duplicated: float = 0.02
    """Of accounts, entered a second time."""
    contact_duplicated: float = 0.05
    """Of buyers and of people whom sales pursues, entered as contact a second time."""
    opportunity_without_licence: float = 0.05
    odd_name: float = 0.05
    """Of accounts, whose name has emoji or white space around it."""
    impossible_date: float = 0.01
    """Of opportunities, whose close date cannot be."""
    returns: float = 0.10
    """Of accounts that left, which come back within 90 to 540 days."""
    ticket_reopened: float = 0.09
    satisfaction_answered: float = 0.22
    nps_answered: float = 0.15
    """Of people a server asks for a score, who give one."""
