"""Which days beside its trigger a rule counts with, for a form that asks for those alone."""

from __future__ import annotations

from shared.deadlines._chains import aid_acts
from shared.deadlines._in_force import depends_on_decision
from shared.deadlines._rules import Nature, Rule

_AID = ("aid_asked", "aid_decided", "lawyer_named")


def days_asked(rule: Rule) -> tuple[str, ...]:
    """The arguments of ``compute`` by which the dates of ``rule`` may change.

    The day of the decision is one where a later rule took its place for decisions after it.
    """
    decided = ("decided_on",) if _by_decision(rule) else ()
    if rule.nature is Nature.INTERRUPTION:
        return (*decided, "lawyer_named")
    return (*decided, *_AID) if aid_acts(rule) else decided


def days_needed(rule: Rule) -> tuple[str, ...]:
    """Those of ``days_asked`` without which nothing is counted."""
    decided = ("decided_on",) if _by_decision(rule) else ()
    return (*decided, "aid_asked", "aid_decided") if rule.nature is Nature.REMAINDER else decided


def _by_decision(rule: Rule) -> bool:
    return depends_on_decision(rule) and rule.effective_to is not None
