"""Who acts, as ``by`` says it in commands and events: a person's name, or a rule of the desk."""

from __future__ import annotations

RULE = "rule "


def by_rule(rule: str) -> str:
    """How ``by`` names a rule: "rule R12"."""
    return f"{RULE}{rule}"


def is_person(by: str) -> bool:
    """Whether ``by`` names a person; neither a rule nor nobody is one."""
    return bool(by.strip()) and not by.startswith(RULE)
