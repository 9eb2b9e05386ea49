"""What a person must give with a decision: their name, and words that name nobody else."""

from __future__ import annotations

from services.followup.domain.errors import NotByRule, WordsIdentify, WordsMissing
from shared.contracts.acting import is_person
from shared.identifying import identifies


def person(by: str, command: str, rule: str) -> str:
    """The name of whoever acts; raises NotByRule for a rule or nobody."""
    name = by.strip()
    if not is_person(name):
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
