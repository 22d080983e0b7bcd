"""How right the company's identity is: what the models say against the truth of a simulated company.

    python tests/company/identity_score.py [--seeds 1,2,3] [--months 36] [--accounts 20] [--markdown | --json]

Ids: two ids are a pair when they belong to one person. An anonymous id that several people used belongs to
each of them. Pairs are judged once among all of the truth, and once, apart, among those that some path of
evidence joins: ids that stood together in an event or a row, one after another. Revenue links: which account
a licence, a server, a person belongs to. Evidence for them is looked for here in the systems' rows and never
asked of a model. Nothing here shares code with the models or with what simulates.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # a script may be run from anywhere

from mainstem.testing.company import CompanyLake, company_lake

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

Id = tuple[str, str]
REVENUE = ("licence → account", "server → account", "person → account")
SELECT = ("+path:models/marts/identity",)


@dataclass(frozen=True)
class Counts:
    """Of links or pairs of one kind."""

    said: int
    right: int
    """Said and true."""
    true: int
    found: int
    """True and said: as many as are right, unless a truth can be said twice."""

    @property
    def precision(self) -> float | None:
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        return self.found / self.true if self.true else None

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.said + other.said, self.right + other.right, self.true + other.true, self.found + other.found
        )


Score = dict[str, Counts]
"""By kind; `… (evidence)` counts those alone that could have been found."""


def add(one: Score, other: Score) -> Score:
    nothing = Counts(0, 0, 0, 0)
    return {kind: one.get(kind, nothing) + other.get(kind, nothing) for kind in {**one, **other}}


def score(lake: CompanyLake) -> Score:
    """Of a lake whose identity models are built."""
    return {**_people(lake), **_licences(lake), **_servers(lake), **_person_accounts(lake)}


# --- ids of people ----------------------------------------------------------------------------------------


def _people(lake: CompanyLake) -> Score:
    truth, said = _true_people(lake), _said_people(lake)
    reached = _Sets()
    for edge in lake.truth("identity_edges"):
        one = _id(edge["type"], edge["value"])
        reached.join(one, _id(edge["other_type"], edge["other_value"]))
    return {**pairs_by_kind(truth, said, reached.roots()), **b_cubed(truth, said), **_visits(lake, said)}


def pairs_by_kind(
    truth: Mapping[Id, set[str]], said: Mapping[Id, set[str]], reached: Mapping[Id, Hashable]
) -> Score:
    """Pairs of ids by their types. `reached` names the path of evidence on which an id lies."""
    true_pairs, said_pairs = _pairs(truth), _pairs({one: said[one] for one in said if one in truth})
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pair in said_pairs:
        for kind in _kinds(pair, reached):
            found[kind][0] += 1
            found[kind][1] += pair in true_pairs
    for pair in true_pairs:
        for kind in _kinds(pair, reached):
            found[kind][2] += 1
            found[kind][3] += pair in said_pairs
    return {kind: Counts(*numbers) for kind, numbers in found.items()}


def b_cubed(truth: Mapping[Id, set[str]], said: Mapping[Id, set[str]]) -> Score:
    """Of each id the share of its cluster that is rightly there (said), and of its person that is (true).

    Ids of one person alone; shares are added in millionths, so that counts of lakes can be added.
    """
    single = [one for one in truth if len(truth[one]) == 1 and len(said.get(one, ())) == 1]
    person = {one: next(iter(truth[one])) for one in single}
    cluster = {one: next(iter(said[one])) for one in single}
    of_person, of_cluster = Counter(person.values()), Counter(cluster.values())
    both = Counter((person[one], cluster[one]) for one in single)
    million = 1_000_000
    right = sum(million * both[person[one], cluster[one]] // of_cluster[cluster[one]] for one in single)
    found = sum(million * both[person[one], cluster[one]] // of_person[person[one]] for one in single)
    return {"B-cubed": Counts(million * len(single), right, million * len(single), found)}


def _visits(lake: CompanyLake, said: Mapping[Id, set[str]]) -> Score:
    """Visits of people with a portal user: are they given to the person who has that user?"""
    spans: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    sql = """
        SELECT visitor_id, person_id, strftime(valid_from, '%Y-%m-%dT%H:%M:%S.%g') AS since,
            strftime(valid_to, '%Y-%m-%dT%H:%M:%S.%g') AS until FROM analytics.bdg_visitor_person
    """
    for row in lake.query(sql):
        spans[row["visitor_id"]].append((row["since"], row["until"], row["person_id"]))
    users: dict[str, set[str]] = defaultdict(set)
    for link in lake.truth("links"):
        if link["type"] == "portal_user":
            users[link["person_id"]] |= said.get(_id("portal_user", link["value"]), set())
    known = {person for mine in users.values() for person in mine}
    given = right = true = found = 0
    for touch in lake.truth("touches"):
        at = touch["at"].rstrip("Z")
        persons = {p for since, until, p in spans[touch["anonymous_id"]] if since <= at < until}
        mine = users.get(touch["person_id"], set())
        named = bool(persons & known)
        given += named
        right += named and bool(persons & mine)
        linked = bool(mine) and any(p in mine for _, _, p in spans[touch["anonymous_id"]])
        true += linked
        found += linked and bool(persons & mine)
    return {"visit → person": Counts(given, right, true, found)}


def _true_people(lake: CompanyLake) -> dict[Id, set[str]]:
    truth: dict[Id, set[str]] = defaultdict(set)
    for link in lake.truth("links"):
        truth[_id(link["type"], link["value"])].add(link["person_id"])
    return truth


def _said_people(lake: CompanyLake) -> dict[Id, set[str]]:
    said: dict[Id, set[str]] = defaultdict(set)
    for row in lake.query("SELECT * FROM analytics.bdg_person_id WHERE id_type <> 'anonymous_id'"):
        said[row["id_type"], row["id_value"]].add(row["person_id"])
    for row in lake.query("SELECT DISTINCT visitor_id, person_id FROM analytics.bdg_visitor_person"):
        said["anonymous_id", row["visitor_id"]].add(row["person_id"])
    return said


def _id(kind: str, value: str) -> Id:
    return kind, value.strip().lower() if kind == "email" else value


def _pairs(owners: Mapping[Id, Iterable[str]]) -> set[tuple[Id, Id]]:
    by_owner: dict[str, list[Id]] = defaultdict(list)
    for one, its_owners in owners.items():
        for owner in its_owners:
            by_owner[owner].append(one)
    return {pair for ids in by_owner.values() for pair in combinations(sorted(ids), 2)}


def _kinds(pair: tuple[Id, Id], reached: Mapping[Id, Hashable]) -> list[str]:
    one, other = pair
    kinds = [f"{one[0]} – {other[0]}", "all pairs of ids"]
    path = reached.get(one)
    if path is not None and path == reached.get(other):
        kinds += [f"{kind} (evidence)" for kind in kinds]
    return kinds


# --- revenue ----------------------------------------------------------------------------------------------


def _licences(lake: CompanyLake) -> Score:
    truth = _true_licences(lake)
    said = {row["licence_id"]: row["account_id"] for row in lake.query("FROM analytics.bdg_licence_account")}
    return links(REVENUE[0], truth, said, _provable_licences(lake, truth), _same_company(lake))


def _servers(lake: CompanyLake) -> Score:
    """A server and the account it truly belonged to; evidence: it reported a licence that has some."""
    licences = _true_licences(lake)
    provable = _provable_licences(lake, licences)
    truth = {row["server_id"]: row["account_id"] for row in lake.truth("installations") if row["account_id"]}
    licences_of = defaultdict(set)
    for row in lake.query("SELECT DISTINCT user_id, license_id FROM servers.license"):
        licences_of[row["user_id"]].add(row["license_id"])
    shown = {server for server, mine in licences_of.items() if mine & provable}
    said = {
        (row["server_id"], row["account_id"]): row["account_id"]
        for row in lake.query("SELECT DISTINCT server_id, account_id FROM analytics.bdg_server_account")
    }
    same = _same_company(lake)
    for server, mine in licences_of.items():  # a trial's server is its prospect's, once there is an account
        for licence in mine:
            if server not in truth and licence in licences:
                truth[server] = licences[licence]
    right = sum(
        server in truth and same.get(account, account) == same.get(truth[server], truth[server])
        for server, account in said
    )
    named = {
        server for server, account in said if server in truth and same.get(account, account) == truth[server]
    }
    everything = Counts(len(said), right, len(truth), len(named))
    could = {server for server in truth if server in shown}
    return {
        REVENUE[1]: everything,
        f"{REVENUE[1]} (evidence)": Counts(len(said), right, len(could), len(named & could)),
    }


def _person_accounts(lake: CompanyLake) -> Score:
    """A person of the truth is named by their ids; evidence: a contact of theirs."""
    truth = {
        row["person_id"]: row["account_id"]
        for table in ("accounts", "prospects")
        for row in lake.truth(table)
    }
    ids = defaultdict(list)
    for link in lake.truth("links"):
        if link["type"] != "anonymous_id":
            ids[link["person_id"]].append(_id(link["type"], link["value"]))
    contacts = {row["id"]: row["account_id"] for row in _rows(lake, "crm", "contacts")}
    same = _same_company(lake)
    provable = set()
    for person, account in truth.items():
        provable |= {
            person
            for kind, value in ids[person]
            if kind == "crm_contact"
            and value in contacts
            and same.get(contacts[value], contacts[value]) == account
        }
    owner_of = _said_people(lake)
    account_of = {
        row["person_id"]: row["account_id"]
        for row in lake.query(
            "SELECT person_id, account_id FROM analytics.dim_person WHERE account_id IS NOT NULL"
        )
    }
    for person, its_ids in ids.items():  # others who work there are known as contacts alone
        if person not in truth:
            accounts = {
                contacts[value] for kind, value in its_ids if kind == "crm_contact" and value in contacts
            }
            if len(accounts) == 1:
                [account] = accounts
                truth[person] = same.get(account, account)
                provable.add(person)
    said = {}
    for person, its_ids in ids.items():
        found = {
            account_of[owner] for one in its_ids for owner in owner_of.get(one, ()) if owner in account_of
        }
        if found:
            said[person] = found.pop() if len(found) == 1 else "several"
    return links(REVENUE[2], truth, said, provable, same)


def links(
    kind: str,
    truth: Mapping[str, str],
    said: Mapping[str, str],
    provable: set[str],
    same: Mapping[str, str],
) -> Score:
    """`same` gives for a duplicate account the true one."""
    right = {
        one for one, account in said.items() if one in truth and same.get(account, account) == truth[one]
    }
    return {
        kind: Counts(len(said), len(right), len(truth), len(right)),
        f"{kind} (evidence)": Counts(len(said), len(right), len(provable), len(right & provable)),
    }


def _true_licences(lake: CompanyLake) -> dict[str, str]:
    return {row["licence_id"]: row["account_id"] for row in lake.truth("licence_links")}


def _provable_licences(lake: CompanyLake, truth: Mapping[str, str]) -> set[str]:
    """A key in an opportunity, an e-mail of a contact, of the same buyer, or at the account's domain."""
    keyed = {row["licence_key"] for row in _rows(lake, "crm", "opportunities") if row["licence_key"]}
    mails, domains = defaultdict(set), defaultdict(set)
    for row in _rows(lake, "crm", "contacts"):
        mails[_mail(row["email"])].add(row["account_id"])
    for row in _rows(lake, "crm", "accounts"):
        domains[row["domain"]].add(row["id"])
    people = _Sets()
    for edge in lake.truth("identity_edges"):
        people.join(_id(edge["type"], edge["value"]), _id(edge["other_type"], edge["other_value"]))
    accounts_of = defaultdict(set)
    for row in _rows(lake, "crm", "contacts"):
        accounts_of[people.root(_id("email", row["email"]))].add(row["account_id"])
    shown = {one for one in keyed if one in truth}
    for row in _rows(lake, "licences", "licences"):
        mail = _mail(row["customer_email"])
        evidence = mails[mail] | domains[mail.partition("@")[2]] | accounts_of[people.root(("email", mail))]
        if truth.get(row["id"]) in evidence:
            shown.add(row["id"])
    return shown


def _same_company(lake: CompanyLake) -> dict[str, str]:
    found = {}
    for fault in lake.truth("crm_faults"):
        original = re.fullmatch(r"duplicate of (\S+)", fault["fault"])
        if fault["table"] == "accounts" and original:
            found[fault["key"]] = original[1]
    return found


def _rows(lake: CompanyLake, system: str, table: str) -> list[dict[str, Any]]:
    return lake.query(f"SELECT * FROM {system}.{table} WHERE NOT _deleted")


def _mail(text: str) -> str:
    return text.strip().lower()


class _Sets:
    """Disjoint sets that grow together."""

    def __init__(self) -> None:
        self._parent: dict[Id, Id] = {}

    def root(self, one: Id) -> Id:
        parent = self._parent.setdefault(one, one)
        while parent != self._parent[parent]:
            parent = self._parent[parent]
        self._parent[one] = parent
        return parent

    def join(self, one: Id, other: Id) -> None:
        self._parent[self.root(one)] = self.root(other)

    def roots(self) -> dict[Id, Id]:
        return {one: self.root(one) for one in list(self._parent)}


# --- the table --------------------------------------------------------------------------------------------


def measure(folder: Path, seed: int, months: int, accounts: int) -> Score:
    """Simulate a company, build its identity, and score it."""
    lake = company_lake(folder, seed=seed, months=months, accounts=accounts)
    built = lake.build("run", "--select", *SELECT)
    if built.failures:
        raise SystemExit("\n".join(built.failures))
    return score(lake)


def table(found: Score) -> str:
    """Markdown, the kinds of revenue first."""
    lines = ["| Link | said | precision | true | recall |", "|---|---:|---:|---:|---:|"]
    for kind in sorted(found, key=lambda name: (not name.startswith(REVENUE), name)):
        counts = found[kind]
        scale = 1_000_000 if kind == "B-cubed" else 1
        lines.append(
            f"| {kind} | {counts.said // scale:,} | {_share(counts.precision)} "
            f"| {counts.true // scale:,} | {_share(counts.recall)} |"
        )
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", default="11,12,13,14,15")
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--lake", type=Path, help="a lake that is built, in place of simulating any")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--markdown", action="store_true")
    shape.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    total: Score = {}
    if asked.lake:
        total = score(CompanyLake(asked.lake))
    else:
        for seed in (int(text) for text in asked.seeds.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                total = add(total, measure(Path(folder) / "lake", seed, asked.months, asked.accounts))
    if asked.json:
        rows = {kind: {"precision": c.precision, "recall": c.recall} for kind, c in total.items()}
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    else:
        sys.stdout.write(table(total) + "\n")


if __name__ == "__main__":
    main()
