"""What a person must give with a decision: their name, and words that name nobody else."""

from __future__ import annotations

from services.followup.domain.errors import NotByRule, WordsIdentify, WordsMissing
from shared.identifying import identifies

RULE = "rule "  # how ``by`` begins where a rule of the desk, not a person, acts


def person(by: str, command: str, rule: str) -> str:
    """The name of whoever acts; raises NotByRule for a rule or nobody."""
    name = by.strip()
    if not name or name.startswith(RULE):
        raise NotByRule(command, rule)
    return name


def words(text: str, field: str, command: str) -> str:
    """Words kept in clear; raises WordsMissing, or WordsIdentify for numbers and addresses."""
    said = " ".join(text.split())
    if not said:
        raise WordsMissing(field, command)
    if identifies(said):
        raise WordsIdentify(field)
    return said
