"""What the demo writes back: usage, version, coverage and health of each account, into the simulated CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.tasks import applied_by, planned_by
from mainstem.assemble.activate import apply_plan, plan_activation

if TYPE_CHECKING:
    from mainstem.assemble.project import Project

NAME = "account_usage"
DAGS = (planned_by(NAME), applied_by(NAME))
FIELDS = {
    "Account": "Active_Users__c:double.1 Active_Users_As_Of__c:date Active_Users_Blank_Because__c:string "
    "Version__c:string Version_As_Of__c:date Version_Blank_Because__c:string "
    "Coverage__c:percent.0 Coverage_As_Of__c:date Coverage_Blank_Because__c:string "
    "Health__c:double.0 Health_As_Of__c:date Health_Blank_Because__c:string"
}
"""Fields that administrators of the simulated org have added, by object."""
ACTIVATION = """\
# Once a build is published, what sales people want to know stands beside the account in the CRM, each value
# with the day it is of and, where it is blank, why.
title: What accounts use
description: Usage, version, coverage and health of each account, for who talks to it.
source:
  sql: >-
    SELECT *, 100.0 * active_servers / nullif(linked_servers, 0) AS coverage
    FROM analytics.account_360
destination: salesforce
object: Account
match: { column: account_id, to: External_Id__c }
null_policy: write
# The demo's services are made anew with each start: what they lack is written again.
look_at: all
edit_policy: ours
guards: { most_changed: 1.0 }
fields:
  - column: daily_active_users_28d
    to: Active_Users__c
    as_of: { column: usage_as_of, to: Active_Users_As_Of__c }
    blank: { column: usage_blank_reason, to: Active_Users_Blank_Because__c }
  - column: last_version
    to: Version__c
    as_of: { column: version_as_of, to: Version_As_Of__c }
    blank: { column: version_blank_reason, to: Version_Blank_Because__c }
  - column: coverage
    to: Coverage__c
    as_of: { column: servers_as_of, to: Coverage_As_Of__c }
    blank: { column: servers_blank_reason, to: Coverage_Blank_Because__c }
  - column: health_score
    to: Health__c
    as_of: { column: health_as_of, to: Health_As_Of__c }
    blank: { column: health_blank_reason, to: Health_Blank_Because__c }
"""
_SETTINGS = """
[destinations.salesforce]
type = "salesforce"
base_url = "{address}/salesforce"
client_id = "mainstem"
client_secret = "simulated"
"""
_PAUSED = """
# As the connectors': unpaused once the services answer.
[orchestrate.dags.{dag}]
is_paused_upon_creation = true
"""


def activation_settings(address: str) -> str:
    """The part of `mainstem.toml` that is about the activation, with the services at `address`."""
    return _SETTINGS.format(address=address) + "".join(_PAUSED.format(dag=dag) for dag in DAGS)


def activate(project: Project) -> tuple[int, str]:
    """Plan and apply it: records that were written, and what went wrong; empty when nothing did."""
    plan = plan_activation(project, NAME, "demo")
    if plan.state != "planned":
        broken = [one["sentence"] for one in plan.guards if not one["is_kept"]]
        return 0, f"plan {plan.id} is {plan.state}: {'; '.join(broken)}"
    applied = apply_plan(project, NAME, "demo")
    problem = (
        "" if applied.state == "success" else f"run {applied.run_id} is {applied.state}: {applied.problem}"
    )
    return applied.counts.get("written", 0), problem
