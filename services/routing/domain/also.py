"""The rules that apply beside the one that decided: how to answer, what not to overlook."""

from __future__ import annotations

from services.routing.domain import kinds
from services.routing.domain.rules.verdict import Verdict
from services.routing.domain.situation import Situation, last_days
from shared.contracts.vocabulary import Channel, LinkKind

FRENCH = "fr"


def rules_beside(item: Situation, decided: Verdict, others: list[Verdict]) -> tuple[str, ...]:
    """Numbers of the other rules, those that would have decided first; never R3."""
    if decided.rule == "R32":
        return ()
    found = [other.rule for other in others if other.rule != "R3"]
    found += _on_answering(item) + _on_time(item) + _on_earlier(item)
    return tuple(rule for rule in dict.fromkeys(found) if rule != decided.rule)


def _on_answering(item: Situation) -> list[str]:
    facts = item.facts
    confidential = not kinds.CONFIDENTIAL_TOPICS.isdisjoint(facts.topics) or item.danger
    written_outside = facts.channel is Channel.EMAIL and not item.from_inside
    marks = {
        "R2": item.flagged,
        "R6": written_outside and facts.requester_kind in kinds.OUTSIDE | kinds.OUR_OWN,
        "R8": facts.channel is Channel.PHONE,
        "R9": item.released or item.outside_walls or facts.channel is Channel.REFERRAL,
        "R11": item.released or item.outside_walls,
        kinds.DISCLOSURE_RULE.get(facts.requester_kind, ""): True,
        "R30": confidential and (item.letter_from_inside or facts.establishment is not None),
        "R34": facts.language != FRENCH,
    }
    return [rule for rule, applies in marks.items() if rule and applies]


def _on_time(item: Situation) -> list[str]:
    facts = item.facts
    ends = [day for found in facts.deadlines for day in last_days(found)]
    slow = facts.posted_on and (facts.received_on - facts.posted_on).days
    marks = {
        "R10": facts.channel is Channel.LETTER and item.first is None and item.original is None,
        "R39": item.urgent and bool(facts.deadlines),
        "R40": item.urgent,
        "R41": any(day < facts.received_on for day in ends),
        "R43": bool(slow and slow > item.settings.slow_mail_days),
    }
    return [rule for rule, applies in marks.items() if applies]


def _on_earlier(item: Situation) -> list[str]:
    kinds_of_links = {link.kind for link in item.facts.links}
    marks = {
        "R12": item.moved,
        "R20": item.moved or LinkKind.SAME_PERSON in kinds_of_links,
        "R21": LinkKind.DUPLICATE_OF in kinds_of_links,
        "R22": item.facts.is_reminder or LinkKind.REMINDER_OF in kinds_of_links,
        "R45": LinkKind.REPLY_TO in kinds_of_links,
    }
    return [rule for rule, applies in marks.items() if applies]
