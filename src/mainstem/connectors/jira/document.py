"""Text of Atlassian's document format, as people read it: paragraphs on lines of their own. Pure.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from typing import Any

_LINES = {
    "paragraph", "heading", "codeBlock", "blockquote", "listItem", "tableRow", "rule", "mediaSingle", "panel",
    "taskItem", "decisionItem",
}  # fmt: skip


def plain_text(document: Any) -> str | None:
    """Also of a text that is none yet; marks, colours and pictures are left out."""
    if document is None or isinstance(document, str):
        return document
    lines = (line.rstrip() for line in _text(document).split("\n"))
    return "\n".join(line for line in lines if line)


def _text(node: Any) -> str:
    if not isinstance(node, dict):
        return ""
    attributes = node.get("attrs") or {}
    match node.get("type"):
        case "text":
            return str(node.get("text", ""))
        case "hardBreak":
            return "\n"
        case "mention" | "emoji" | "status" | "date":
            shown = attributes.get("text") or attributes.get("shortName") or attributes.get("timestamp")
            return str(shown or "")
        case "inlineCard" | "blockCard":
            return str(attributes.get("url") or "")
    inside = "".join(_text(child) for child in node.get("content") or ())
    if node.get("type") == "tableCell":
        return inside.strip() + "\t"
    return f"{inside}\n" if node.get("type") in _LINES else inside
