"""From the words that name a court or an authority to the zone of its seat.

What counts is the seat of the court or authority that must receive the act. Words in brackets
are a remark ("TA Nancy (detained at Metz)") and do not name the seat, unless they are a bare
place that makes an ambiguous name clear ("TJ de Saint-Denis (La Réunion)"). Of several places
the one of a court counts ("CP Metz, TA Nancy"), else that of another authority.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from shared.deadlines._rules import DATA
from shared.deadlines._zones import METRO, Zone, zone_named

_AT = re.compile(r"(?:^|\b(?:à|a|au|aux|en|in|sur)\b)(?=(.*))", re.I | re.S)
_CLAUSE = re.compile(r"[,;:(]")
_REMARK = re.compile(r"\(([^)]*)\)?")
_ABBREVIATIONS = {
    **{"st": "saint", "ste": "sainte"},
    **{"trib": "tribunal", "admin": "administratif"},
}
_SMALL = {"de", "du", "des", "la", "le", "les", "l", "d", "a", "au"}
_BODIES = {
    *("ta", "taa", "caa", "ca", "tj", "disp", "cra", "lra", "spip", "tap", "jap", "jld", "tc"),
    *(
        "tribunal",
        "administratif",
        "judiciaire",
        "correctionnel",
        "cour",
        "appel",
        "administrative",
    ),
    *("prefecture", "prefet", "sous", "centre", "local", "retention", "direction", "greffe"),
    *("maison", "arret", "penitentiaire", "cp", "ma", "cd", "mc", "commission", "expulsion"),
    *("premier", "president", "juge", "chambre", "instruction", "parquet", "collectivite", "ile"),
    *("interregionale", "services", "penitentiaires", "assises", "bureau", "aide", "bdac"),
    *("juridictionnelle", "administration", "delegation", "antenne", "tribunaux", "lieu"),
}
# What the words before a place make of it: the seat of a court, of another authority, or where
# somebody is held, which is no seat.
_COURTS = {
    *("ta", "taa", "caa", "ca", "tj", "tc", "tpi", "tsa", "tap", "jap", "jld", "cnda"),
    *("tribunal", "tribunaux", "administratif", "judiciaire", "correctionnel", "cour", "appel"),
    *("administrative", "assises", "juge", "chambre", "president", "parquet", "conseil"),
}
_OFFICES = {
    *("prefecture", "prefet", "sous", "disp", "direction", "interregionale", "spip", "delegation"),
    *("bureau", "bdac", "ofpra", "ofii", "ministere", "ministre", "commission", "cimade"),
}
_HOUSES = {
    *("cp", "ma", "cd", "mc", "cra", "lra", "maison", "centre", "penitentiaire", "retention"),
    *("prison", "detenu", "detenue", "retenu", "retenue", "detained", "held", "etablissement"),
}
_OR = {"et", "ou", "and", "or"}


@dataclass(frozen=True, slots=True)
class Seat:
    """The zone of a court's seat; ``found`` is False when it was not recognised.

    ``said`` is a French sentence about that seat to show with the result, if there is one.
    """

    zone: Zone
    found: bool
    remark: str = ""
    said: str = ""


_SEVERAL = (
    "Plusieurs lieux nommés, dont les jours fériés ou l’heure diffèrent : nommer le seul siège de "
    "la juridiction ou de l’autorité qui doit recevoir l’acte"
)


@dataclass(frozen=True, slots=True)
class _Place:
    zone: Zone
    anywhere: bool  # may stand among other words, not only alone
    said: str


def seat_of(before: str | None) -> Seat:
    """Where the court or authority named ``before`` sits; metropolitan France if unknown."""
    if not before or not before.strip():
        return Seat(METRO, found=False)
    remark = " ; ".join(part.strip() for part in _REMARK.findall(before))
    words = _words(_REMARK.sub(" ", before))
    whole = _whole(words)
    places = [whole] if whole else _seats(words)
    if not places and (told := _whole(_words(remark))):
        places = [told]
    zones = list(dict.fromkeys(place.zone.label for place in places))
    if len(zones) != 1:
        said = f"{_SEVERAL} ({', '.join(zones)})." if zones else ""
        return Seat(METRO, found=False, remark=remark, said=said)
    said = next((place.said for place in places if place.said), "")
    return Seat(places[0].zone, found=True, remark=remark, said=said)


def places_like(before: str) -> list[str]:
    """Places of the table whose name resembles the one in ``before``, the nearest first."""
    wanted = " ".join(word for word in _core(_words(before)) if word not in _BODIES)
    names = {" ".join(core): name for name, core in _names().items()}
    return [names[one] for one in difflib.get_close_matches(wanted, names, n=3, cutoff=0.75)]


def overseas_place_in(text: str) -> Zone | None:
    """The overseas zone where a phrase such as "lives in La Réunion" says that somebody is.

    The first place that begins the text or follows « à », « en », « in » decides: neither a
    street that bears a name (« rue de la Martinique à Nice ») nor what is said after it counts.
    """
    for at in _AT.finditer(text):
        place = _begins(at[1]) or _whole(_words(_CLAUSE.split(at[1])[0]))
        if place is not None:
            return place.zone if place.zone.overseas else None
    return None


def _begins(text: str) -> _Place | None:
    """The longest place with which the text begins."""
    core = _core(_words(text))
    heads = (_places().get(core[:size]) for size in range(len(core), 0, -1))
    return next((place for place in heads if place is not None and place.anywhere), None)


def _words(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    bare = "".join(c for c in bare if not unicodedata.combining(c)).replace(".", "")
    bare = re.sub(r"\bla[ -]reunion\b", "lareunion", bare)  # not the meeting of a commission
    return [_ABBREVIATIONS.get(word, word) for word in re.findall(r"[a-z0-9]+", bare)]


def _core(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _SMALL)


def _whole(words: list[str]) -> _Place | None:
    """The place if, articles and the kind of body left out, nothing but one place is named."""
    known = _places()
    core = _core(words)
    if core in known:
        return known[core]
    return known.get(tuple(word for word in core if word not in _BODIES))


def _seats(words: list[str]) -> list[_Place]:
    """The places of courts among the words; else those of other authorities; else all others."""
    core = _core(words)
    ranked: list[tuple[int, _Place]] = []
    after = 0
    for start, end, place in _anywhere(core):
        between = core[after:start]
        joined = ranked and len(between) == 1 and between[0] in _OR  # "TJ Paris et Cayenne"
        rank = ranked[-1][0] if joined else _rank((*between, core[start]))
        ranked.append((rank, place))
        after = end
    best = max((rank for rank, _ in ranked), default=0)
    return [place for rank, place in ranked if rank == best]


def _rank(before: tuple[str, ...]) -> int:
    """2 for the seat of a court, 1 for that of another authority: the nearest word decides."""
    for word in reversed(before):
        if word in _HOUSES:
            return 0
        if word in _COURTS or word in _OFFICES:
            return 2 if word in _COURTS else 1
    return 0


def _anywhere(core: tuple[str, ...]) -> list[tuple[int, int, _Place]]:
    """The places that stand among the words, with where each begins and ends: the longest first
    where two share a word, then in the order of the words."""
    found: list[tuple[int, int, _Place]] = []
    for size in range(len(core), 0, -1):
        for start in range(len(core) - size + 1):
            place = _places().get(core[start : start + size])
            apart = all(start + size <= begun or ended <= start for begun, ended, _ in found)
            if place is not None and place.anywhere and apart:
                found.append((start, start + size, place))
    return sorted(found, key=lambda each: each[0])


@cache
def _names() -> dict[str, tuple[str, ...]]:
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as file:
        return {row["place"]: _core(_words(row["place"])) for row in csv.DictReader(file)}


@cache
def _places() -> dict[tuple[str, ...], _Place]:
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as file:
        return {
            _core(_words(row["place"])): _Place(
                zone_named(row["zone"]), row["match"] == "anywhere", row["said"]
            )
            for row in csv.DictReader(file)
        }
