"""What a simulated Stripe account holds, made of the company's rows: accounts are customers, an opportunity
that was won is a subscription with its invoice and charge.

Ids are counted up in the order in which rows first come, so that the same company has the same ids. Every
change is an event with the object as it then stands. It answers nothing.
"""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mainstem.simulate.world import Change

Object = dict[str, Any]
KINDS = {
    "customer": "cus",
    "product": "prod",
    "price": "price",
    "subscription": "sub",
    "invoice": "in",
    "charge": "ch",
}
_EVENT_NAMES = {"subscription": "customer.subscription"}
_YEAR = timedelta(days=365)
API_VERSION = "2025-03-31.basil"


class Books:
    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Object]] = {kind: {} for kind in KINDS}
        """By kind and id, in the order in which they were created; deleted ones are gone."""
        self.events: list[Object] = []
        self.items: dict[str, list[Object]] = {}
        """Of subscriptions."""
        self.lines: dict[str, list[Object]] = {}
        """Of invoices."""
        self._ids: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._accounts: dict[str, str] = {}

    def absorb(self, change: Change) -> None:
        match change.system, change.table:
            case "crm", "accounts":
                self._account(change)
            case "crm", "opportunities" if change.row is not None:
                self._accounts[change.key] = change.row["account_id"]
            case "crm", "opportunity_line_items" if change.row is not None:
                self._sold(change.at, change.key, change.row)

    def create(self, kind: str, at: datetime, fields: Object, number: str = "") -> Object:
        """A new object, and the event that it is there."""
        made: Object = {
            "id": number or self._next(KINDS[kind]),
            "object": kind,
            "created": int(at.timestamp()),
            "livemode": False,
            "metadata": {},
            **_DEFAULTS[kind],
            **fields,
        }
        self.kept[kind][made["id"]] = made
        self._tell(kind, "created" if kind != "charge" else "succeeded", at, made)
        return made

    def update(self, kind: str, number: str, at: datetime, fields: Object) -> Object:
        found = self.kept[kind][number]
        found.update(fields)
        if kind == "product":
            found["updated"] = int(at.timestamp())
        self._tell(kind, "updated", at, found)
        return found

    def delete(self, kind: str, number: str, at: datetime) -> Object:
        """Gone from every list; the event has what it was."""
        found = self.kept[kind].pop(number)
        self._tell(kind, "deleted", at, found)
        return found

    def cancel(self, number: str, at: datetime) -> Object:
        """A subscription ends: it stays, and the event calls that deleted."""
        found = self.kept["subscription"][number]
        found.update(status="canceled", canceled_at=int(at.timestamp()), ended_at=int(at.timestamp()))
        self._tell("subscription", "deleted", at, found)
        return found

    def shown(self, kind: str, found: Object, embedded: int) -> Object:
        """As the API answers it: of lists in it, the beginning."""
        shown = copy.deepcopy(found)
        number = found["id"]
        if kind == "subscription":
            url = f"/v1/subscription_items?subscription={number}"
            shown["items"] = part(self.items.get(number, []), url, embedded)
        if kind == "invoice":
            shown["lines"] = part(self.lines.get(number, []), f"/v1/invoices/{number}/lines", embedded)
        return shown

    def _tell(self, kind: str, what: str, at: datetime, found: Object) -> None:
        event = {
            "id": self._next("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": int(at.timestamp()),
            "type": f"{_EVENT_NAMES.get(kind, kind)}.{what}",
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": None, "idempotency_key": None},
            "data": {"object": self.shown(kind, found, _EMBEDDED)},
        }
        self.events.append(event)

    def _account(self, change: Change) -> None:
        known = self._ids.get(("customer", change.key))
        if change.row is None:
            if known in self.kept["customer"]:
                self.delete("customer", str(known), change.at)
            return
        row = change.row
        fields = {
            "name": row["name"],
            "email": f"billing@{row['domain']}",
            "metadata": {"account_id": change.key, "region": row["region"]},
        }
        if known is None:
            made = self.create("customer", change.at, fields)
            self._ids["customer", change.key] = made["id"]
        elif known in self.kept["customer"]:
            self.update("customer", known, change.at, fields)

    def _sold(self, at: datetime, key: str, row: Object) -> None:
        customer = self._ids.get(("customer", self._accounts.get(row["opportunity_id"], "")))
        if customer is None or ("item", key) in self._ids:
            return
        price = self._price(at, row["product"])
        subscription = self._subscription(at, row, customer)
        item = self._item(at, subscription, price, key)
        self._bill(at, row, customer, subscription, item)

    def _price(self, at: datetime, name: str) -> Object:
        known = self._ids.get(("price", name))
        if known is not None:
            return self.kept["price"][known]
        product = self.create("product", at, {"name": name, "updated": int(at.timestamp())})
        recurring = {"interval": "year", "interval_count": 1, "usage_type": "licensed", "meter": None}
        fields = {"product": product["id"], "recurring": recurring, "nickname": f"{name}, a year"}
        price = self.create("price", at, fields)
        self._ids["price", name] = price["id"]
        return price

    def _subscription(self, at: datetime, row: Object, customer: str) -> Object:
        known = self._ids.get(("subscription", row["opportunity_id"]))
        if known is not None:
            return self.kept["subscription"][known]
        begins = int(at.timestamp())
        ends = int((at + _YEAR).timestamp())
        fields = {
            "customer": customer,
            "status": "active",
            "start_date": begins,
            "billing_cycle_anchor": begins,
            "current_period_start": begins,
            "current_period_end": ends,
            "metadata": {"opportunity_id": row["opportunity_id"]},
        }
        made = self.create("subscription", at, fields)
        self._ids["subscription", row["opportunity_id"]] = made["id"]
        return made

    def _item(self, at: datetime, subscription: Object, price: Object, key: str) -> Object:
        number = self._ids["item", key] = self._next("si")
        item = {
            "id": number,
            "object": "subscription_item",
            "created": int(at.timestamp()),
            "current_period_start": subscription["current_period_start"],
            "current_period_end": subscription["current_period_end"],
            "metadata": {},
            "price": copy.deepcopy(price),
            "quantity": 1,
            "subscription": subscription["id"],
        }
        self.items.setdefault(subscription["id"], []).append(item)
        return item

    def _bill(self, at: datetime, row: Object, customer: str, subscription: Object, item: Object) -> None:
        known = self._ids.get(("invoice", row["opportunity_id"]))
        made = self.kept["invoice"].get(known or "")
        if made is None:
            fields = {"customer": customer, "subscription": subscription["id"], "number": self._next("ACME")}
            made = self.create("invoice", at, {**fields, **_paid(at)})
            self._ids["invoice", row["opportunity_id"]] = made["id"]
        cents = round(100 * row["total_price"])
        line = {
            "id": self._next("il"),
            "object": "line_item",
            "amount": cents,
            "currency": "usd",
            "description": f"1 × {row['product']}",
            "discountable": True,
            "livemode": False,
            "metadata": {},
            "period": {
                "start": made["period_start"],
                "end": made["period_start"] + int(_YEAR.total_seconds()),
            },
            "price": copy.deepcopy(item["price"]),
            "proration": False,
            "quantity": 1,
            "subscription": subscription["id"],
            "subscription_item": item["id"],
            "type": "subscription",
        }
        lines = self.lines.setdefault(made["id"], [])
        lines.append(line)
        total = sum(one["amount"] for one in lines)
        charge = self._charge(at, made, customer, total)
        sums = {"subtotal": total, "total": total, "amount_due": total, "amount_paid": total}
        self.update("invoice", made["id"], at, {**sums, "charge": charge["id"]})
        self.update("subscription", subscription["id"], at, {"latest_invoice": made["id"]})

    def _charge(self, at: datetime, invoice: Object, customer: str, total: int) -> Object:
        if invoice["charge"] is not None:
            return self.update("charge", invoice["charge"], at, {"amount": total})
        email = self.kept["customer"][customer]["email"] if customer in self.kept["customer"] else None
        address = {
            "city": None,
            "country": "US",
            "line1": None,
            "line2": None,
            "postal_code": None,
            "state": None,
        }
        fields = {
            "amount": total,
            "customer": customer,
            "invoice": invoice["id"],
            "receipt_email": email,
            "billing_details": {"email": email, "name": None, "phone": None, "address": address},
        }
        return self.create("charge", at, fields)

    def _next(self, prefix: str) -> str:
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return f"{prefix}_{self._counts[prefix]:014d}"


def part(rows: list[Object], url: str, embedded: int) -> Object:
    """A list in an object: its first rows, and where all are."""
    return {
        "object": "list",
        "data": copy.deepcopy(rows[:embedded]),
        "has_more": len(rows) > embedded,
        "total_count": len(rows),
        "url": url,
    }


def _paid(at: datetime) -> Object:
    moment = int(at.timestamp())
    return {
        "period_start": moment,
        "period_end": moment,
        "status_transitions": {
            "finalized_at": moment,
            "marked_uncollectible_at": None,
            "paid_at": moment,
            "voided_at": None,
        },
    }


_EMBEDDED = 10
"""Rows of a list that an object holds."""
_DEFAULTS: dict[str, Object] = {
    "customer": {
        "address": None, "balance": 0, "currency": "usd", "default_source": None, "delinquent": False,
        "description": None, "discount": None, "invoice_prefix": None, "phone": None, "shipping": None,
        "tax_exempt": "none",
    },
    "product": {
        "active": True, "attributes": [], "description": None, "images": [], "shippable": None,
        "statement_descriptor": None, "type": "service", "unit_label": None, "url": None,
    },
    "price": {
        "active": True, "billing_scheme": "per_unit", "currency": "usd", "nickname": None,
        "type": "recurring", "unit_amount": None, "unit_amount_decimal": None,
    },
    "subscription": {
        "application_fee_percent": None, "cancel_at": None, "cancel_at_period_end": False,
        "canceled_at": None, "days_until_due": None, "default_payment_method": None, "default_source": None,
        "ended_at": None, "latest_invoice": None, "pause_collection": None, "pending_setup_intent": None,
        "quantity": 1, "trial_end": None, "trial_start": None,
    },
    "invoice": {
        "amount_remaining": 0, "attempt_count": 1, "attempted": True, "auto_advance": False,
        "billing_reason": "subscription_create", "charge": None, "collection_method": "charge_automatically",
        "currency": "usd", "description": None, "due_date": None, "ending_balance": 0, "footer": None,
        "paid": True, "payment_intent": None, "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0, "starting_balance": 0, "status": "paid", "tax": None,
    },
    "charge": {
        "amount_refunded": 0, "captured": True, "currency": "usd", "description": None, "failure_code": None,
        "failure_message": None, "fraud_details": {},
        "outcome": {
            "network_status": "approved_by_network", "reason": None, "risk_level": "normal",
            "risk_score": 20, "seller_message": "Payment complete.", "type": "authorized",
        },
        "paid": True, "payment_intent": None, "payment_method": None, "refunded": False, "shipping": None,
        "source": None, "status": "succeeded",
    },
}  # fmt: skip
