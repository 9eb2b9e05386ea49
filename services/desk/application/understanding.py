"""« Ce que nous avons compris »: each fact with the words that justify it, for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.desk.domain import french, words
from services.desk.domain.quotes import Segment, segments
from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines import is_told_far

BY_HAND = "by_hand"
RESEMBLES = "resembles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What a fact rests on: words of the item (empty: none), how sure in percent, or a person."""

    words: str
    percent: int
    by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of the page; ``value`` None: nothing was found. ``missing``: it must be completed."""

    name: str
    value: str | None
    missing: bool = False
    whys: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What intake told of a request, as pages show it; ``facts`` empty before anything was read.

    ``dates`` are those that became deadlines, each with its kind.
    """

    told: Mapping[str, Any]
    groups: tuple[tuple[str, tuple[Fact, ...]], ...]
    missing: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    dates: tuple[tuple[str, Fact], ...]
    quotes: tuple[str, ...]
    erased: bool

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.told.get("facts") or {}

    @property
    def resembles(self) -> bool:
        """Is the text likened to others? If not, its language hides what is to be confirmed."""
        findings = self.people.get("findings") or ()
        return any(one["rule"] == RESEMBLES for one in findings)

    @property
    def people(self) -> Mapping[str, Any]:
        return self.told.get("people") or {}

    @property
    def far_day(self) -> bool:
        """Whether a deadline was read whose day is too far from the arrival to be believed."""
        found = self.facts.get("deadlines") or ()
        return any(_is_far(one, _day(self.facts["received_on"])) for one in found)

    def highlighted(self, text: str) -> list[Segment]:
        """``text`` with the words quoted marked."""
        return segments(text, self.quotes)


def understanding(told: Mapping[str, Any], places: Mapping[str, str]) -> Understanding:
    """What ``intake.describe_request`` answered; ``places`` maps codes to names."""
    facts = told.get("facts") or {}
    people = told.get("people") or {}
    missing = tuple(facts.get("missing") or ())
    found = _Findings(people.get("findings") or (), missing)
    dates = tuple(_dates(facts, found))
    groups = (
        ("Qui", tuple(_who(facts, people, found))),
        ("Où", tuple(_where(facts, places, found))),
        ("Quoi", tuple(_what(facts, found, dates))),
        ("Quand et comment", tuple(_when(facts, found))),
    )
    return Understanding(
        told=told,
        groups=groups if facts else (),
        missing=tuple((path, words.field_name(path)) for path in missing),
        problems=tuple(words.problem(one["field"], facts) for one in facts.get("problems") or ()),
        dates=dates,
        quotes=_quotes(people),
        erased=bool(facts) and not people,
    )


class _Findings:
    """The findings by the fact that they justify."""

    def __init__(self, findings: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> None:
        self._findings = findings
        self._missing = missing

    def fact(self, name: str, value: str | None, *paths: str) -> Fact:
        return Fact(
            name=name,
            value=value or None,
            missing=any(one.startswith(path) for one in self._missing for path in paths),
            whys=tuple(self._whys(paths)),
        )

    def _whys(self, paths: Sequence[str]) -> Iterator[Why]:
        seen = set()
        for one in self._findings:
            told = one["field"]
            if not any(told == path or told.startswith(f"{path}.") for path in paths):
                continue
            by_hand = one["rule"] == BY_HAND
            if one["words"] in seen:
                continue
            seen.add(one["words"])
            percent = round(100 * one["confidence"])
            yield Why(words=one["words"], percent=percent, by_hand=by_hand)


def _who(facts: Mapping[str, Any], people: Mapping[str, Any], found: _Findings) -> Iterator[Fact]:
    kind = words.label("requester_kind", facts.get("requester_kind"))
    yield found.fact("Qui écrit", french.capital(kind), "requester.kind", "requester_kind")
    requester = people.get("requester") or {}
    yield found.fact("Nom de l’auteur·rice", _name(requester), "requester.name")
    if requester.get("organisation"):
        yield found.fact("Organisation", requester["organisation"], "requester.organisation")
    if requester.get("contact"):
        yield found.fact("Contact", requester["contact"], "requester.contact")
    relation = words.label("relation", facts.get("relation"))
    link = french.capital(relation)
    yield found.fact("Lien avec la personne", link, "requester.relation", "relation")
    person = {"given": people.get("person_given"), "family": people.get("person_family")}
    yield found.fact("Personne concernée", _name(person), "person_concerned.name")
    yield found.fact(
        "Numéro d’écrou", people.get("detention_number"), "person_concerned.detention_number"
    )
    if people.get("foreigner_number"):
        path = "person_concerned.foreigner_number"
        yield found.fact("Numéro étranger", people["foreigner_number"], path)
    born = [f"né·e le {french.day(_day(people['born_on']))}"] if people.get("born_on") else []
    born += [f"nationalité {people['nationality']}"] if people.get("nationality") else []
    if born:
        yield found.fact("État civil", ", ".join(born), "person_concerned.born_on")
    carrier = people.get("carrier") or {}
    if _name(carrier) or carrier.get("organisation"):
        told = ", ".join(part for part in (_name(carrier), carrier.get("organisation")) if part)
        yield found.fact("Transmis par", told, "carrier")


def _where(facts: Mapping[str, Any], places: Mapping[str, str], found: _Findings) -> Iterator[Fact]:
    code = facts.get("establishment")
    yield found.fact("Établissement", places.get(code, code) if code else None, "establishment")
    candidates = facts.get("establishment_candidates") or ()
    if candidates and not code:
        told = " ou ".join(
            f"{places.get(one['code'], one['code'])} ({round(100 * one['confidence'])} %)"
            for one in candidates
        )
        yield found.fact("Peut-être", told)
    retention = facts.get("retention_place")
    if retention:
        told = " ".join(part for part in (retention["kind"].upper(), retention["name"]) if part)
        yield found.fact("Lieu de rétention", told, "retention_place")
    for name, title in (("moved_from", "Connue auparavant à"), ("former_establishment", "Avant")):
        if facts.get(name):
            yield found.fact(title, places.get(facts[name], facts[name]), name)
    if facts.get("judicial_status"):
        status = words.label("judicial_status", facts["judicial_status"])
        yield found.fact("Situation judiciaire", status, "judicial_status")


def _dates(facts: Mapping[str, Any], found: _Findings) -> Iterator[tuple[str, Fact]]:
    for number, one in enumerate(facts.get("deadlines") or ()):
        on = french.local(one.get("trigger_on") or one.get("date_on")) or "date inconnue"
        why = f" ({one['note']})" if one.get("note") else ""
        kind = french.capital(words.label("deadline_kind", one["kind"]))
        fact = found.fact("Date lue", f"{kind} : {on}{why}", f"deadlines.{number}")
        yield one["kind"], fact


def _what(
    facts: Mapping[str, Any], found: _Findings, dates: Sequence[tuple[str, Fact]]
) -> Iterator[Fact]:
    topics = ", ".join(words.label("topic", one) for one in facts.get("topics") or ())
    yield found.fact("Sujets", french.capital(topics), "topics")
    urgency = french.capital(words.label("urgency", facts.get("urgency")))
    yield found.fact("Urgence lue", urgency, "urgency")
    special = ", ".join(words.label("situation", s) for s in facts.get("special_situations") or ())
    told = french.capital(special or "aucune relevée")
    yield found.fact("Situations particulières", told, "special_situations")
    yield from (fact for _, fact in dates)
    if facts.get("is_reminder"):
        yield found.fact("Relance", "Oui : une demande est restée sans réponse", "is_reminder")


def _when(facts: Mapping[str, Any], found: _Findings) -> Iterator[Fact]:
    language = french.capital(words.label("language", facts.get("language")))
    yield found.fact("Langue du texte", language, "language")
    others = words.languages(facts.get("person_languages") or ())
    if others:
        yield found.fact("Langues de la personne", others, "person_languages")
    for name, title in (
        ("written_on", "Écrite le"),
        ("posted_on", "Postée le"),
        ("received_on", "Reçue le"),
        ("happened_on", "Fait rapporté du"),
    ):
        if facts.get(name):
            yield found.fact(title, french.capital(french.day(_day(facts[name]))), name)
    if facts.get("reply_preference"):
        way = words.label("reply_preference", facts["reply_preference"])
        yield found.fact("Réponse souhaitée", way, "reply_preference")
    if facts.get("reply_blocked"):
        ways = ", ".join(words.blocked(way) for way in facts["reply_blocked"])
        yield found.fact("À ne pas utiliser", french.capital(ways), "reply_blocked")
    if facts.get("consent"):
        consent = {
            "candidate": "à vérifier",
            "recorded": "enregistré",
            "withdrawn": "retiré",
            "expired": "expiré",
        }
        told = consent.get(facts["consent"], facts["consent"])
        scope = f" ({words.scope(facts['consent_scope'])})" if facts.get("consent_scope") else ""
        yield found.fact("Accord de la personne", f"{told}{scope}", "consent")


def _is_far(found: Mapping[str, Any], received_on: date) -> bool:
    on, trigger_on = found.get("date_on"), found.get("trigger_on")
    return is_told_far(
        DeadlineKind(found["kind"]),
        on=_day(on) if on else None,
        trigger_on=_day(trigger_on) if trigger_on else None,
        received_on=received_on,
    )


def _quotes(people: Mapping[str, Any]) -> tuple[str, ...]:
    told = [one["words"] for one in people.get("findings") or () if one["words"]]
    told += list(people.get("urgency_words") or ())
    told += [quote for quote in people.get("deadline_quotes") or () if quote]
    return tuple(dict.fromkeys(told))


def _name(party: Mapping[str, Any]) -> str | None:
    family = (party.get("family") or "").upper()
    return " ".join(part for part in (family, party.get("given")) if part) or None


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])
