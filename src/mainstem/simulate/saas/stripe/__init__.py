"""A simulated Stripe: customers, products, prices, subscriptions, invoices, charges, and events of all."""

from __future__ import annotations

from mainstem.simulate.saas.stripe.service import StripeService

__all__ = ["StripeService"]
