"""What plans and rows are called on pages, and what comes next for a row that was not written."""

from __future__ import annotations

STANDINGS = {
    "waits": "Waits for somebody",
    "running": "Running",
    "failed": "Failed",
    "partial": "Partial",
    "ok": "OK",
    "never": "Never applied",
}
BADGES = {
    "waits": "warning",
    "running": "running",
    "failed": "failed",
    "partial": "warning",
    "ok": "ok",
    "never": "unknown",
}
ORDER = ("waits", "failed", "partial", "running", "never", "ok")
OPS = {
    "create": "Create",
    "update": "Update",
    "delete": "Delete",
    "pass": "Leave out",
    "forget": "Follow no more",
}
STATES = {
    "due": "due",
    "sent": "sent, no answer yet",
    "written": "written",
    "refused": "not written",
    "unknown": "nobody knows",
    "passed": "left out",
}
REASONS = {
    "no_record": "There is no record with this key, and none may be made.",
    "several_records": "Several records have this key.",
    "is_there": "The record is there already, and this activation only makes new ones.",
    "deleted_there": "Somebody deleted the record; it does not rise again.",
    "edited_there": "Somebody changed the record since we made it, so it is not deleted.",
    "hands_off": "The record says that it is not to be written.",
    "fault": "The row cannot be sent.",
}
_NEXT = {
    "locked": "It was locked each time it was tried. The next plan has it again.",
    "again": "The service had trouble with it. The next plan has it again.",
    "data": "It is due until the values, or the record, are others.",
    "rights": "It is due until the user we write as may do this.",
    "gone": "The record is gone. The next plan leaves it out, or says what may be done.",
    "taken": "Another record has its key by now. The next plan writes to that one, if it may.",
    "parent": "It is due until the record it hangs on is there.",
    "changed": "Somebody changed the record after the plan had read it. The next plan decides who is newer.",
}
_SETTLED = {
    "UNKNOWN": "It counts as sent, so that nobody gets it twice, until the row changes.",
    "ELSEWHERE": "Only who looks there knows. Where the activation writes now, the next plan has it.",
}
"""By code: of rows that nobody tries again."""
POLICIES = {
    "null_policy": "ours is blank, and a blank clears nothing here",
    "fill_empty": "somebody else filled it in",
    "newer_wins": "somebody changed it after ours was true",
}


def reason(trouble: str, code: str, message: str) -> str:
    """Why a row is left out, in a sentence."""
    if trouble == "fault":
        return f"{code}: {message}" if code else message
    said = REASONS.get(code, code)
    return f"{said} ({message})" if message else said


def comes_next(trouble: str, code: str) -> str:
    """What happens to a row that was not written, or of which nobody knows."""
    return _SETTLED.get(code) or _NEXT.get(trouble, "The next plan has it again.")
