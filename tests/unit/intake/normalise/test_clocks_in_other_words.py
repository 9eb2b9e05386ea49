"""Clocks and days as many people would tell them, and what only looks like a clock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.intake.domain.normalise.moments import moments_in
from services.intake.domain.normalise.reference import default_reference
from services.intake.domain.normalise.text import fold
from shared.contracts.vocabulary import DeadlineKind, Urgency
from tests.support.normalising import letter

PHRASES = Path(__file__).parents[3] / "data" / "phrases" / "clocks.txt"
MONDAY = date(2026, 6, 15)


def _phrases() -> list[tuple[str, str]]:
    lines = PHRASES.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ", 1) for line in lines if line and not line.startswith("#")]
    return [(wanted, words) for wanted, words in rows]


def _told(words: str) -> list[str]:
    found = letter(words).facts.deadlines
    days = [str(d.trigger_on or d.date_on or "")[5:10] for d in found]
    return sorted(f"{d.kind.value}:{on}" for d, on in zip(found, days, strict=True))


@pytest.mark.parametrize(("wanted", "words"), _phrases())
def test_the_clock_is_heard_with_its_day(wanted, words):
    told = _told(words)
    if ":" not in wanted:
        told = [t.split(":")[0] for t in told]
    assert told == ([] if wanted == "-" else sorted(wanted.split(",")))


@pytest.mark.parametrize(
    ("words", "role", "day"),
    [
        ("Il est dehors le 24 juin.", "release", date(2026, 6, 24)),
        ("Il est dehors le 3 juin.", "released", date(2026, 6, 3)),
        ("Il avait fini sa peine ce matin.", "released", MONDAY),
        ("Am 24. Juni werde ich entlassen.", "release", date(2026, 6, 24)),
        ("Notif. 10.06.2026 par le greffe.", "notification", date(2026, 6, 10)),
        ("Le jugement du JAP mercredi dernier", "conviction", date(2026, 6, 10)),
        ("Accord de la personne : OUI, signé le 10/06", "consent", date(2026, 6, 10)),
        ("À ce jour elle sort sur le trottoir", "other", None),
    ],
)
def test_what_the_words_around_make_of_a_day(words, role, day):
    moment = moments_in(fold(words), default_reference(), MONDAY)[0]
    assert (moment.role, moment.on) == (role, day)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("letzten Freitag", 12),
        ("kommenden Freitag", 19),
        ("afgelopen vrijdag", 12),
        ("w zeszły piątek", 12),
        ("prošlog petka", 12),
        ("минулої п'ятниці", 12),
        ("в прошлую пятницу", 12),
        ("geçen cuma", 12),
        ("gelecek cuma", 19),
        ("vinerea trecută", 12),
        ("të premten e kaluar", 12),
        ("გასულ პარასკევს", 12),
        ("يوم الجمعة الماضي", 12),
        ("na sexta-feira passada", 12),
    ],
)
def test_a_weekday_gone_by_or_to_come(words, day):
    moment = moments_in(fold(words), default_reference(), MONDAY)[-1]
    assert moment.mention.resolve(MONDAY, future="kommenden" in words) == date(2026, 6, day)


@pytest.mark.parametrize(
    ("words", "offset"),
    [
        ("il y a quatre jours", -4),
        ("неделю назад", -7),
        ("тиждень тому", -7),
        ("قبل يومين", -2),
        ("pre nedelju dana", -7),
        ("in zehn Tagen", 10),
        ("iki hafta sonra", 14),
        ("il y a trois mois", None),
        ("vor zwei Jahren", None),
    ],
)
def test_days_counted_from_today(words, offset):
    mention = default_reference().dates.find(fold(words))[0]
    assert (mention.offset, mention.exact) == (offset, offset is not None)


@pytest.mark.parametrize("words", ["vendredi deux policiers sont venus", "viernes dos policías"])
def test_how_many_came_on_a_weekday_is_no_day_of_the_month(words):
    assert default_reference().dates.find(fold(words))[0].day is None


def test_an_order_of_the_judge_for_sentences_leaves_a_day_only():
    found = letter(
        "Permission de sortir rejetée, ordonnance du JAP notifiée ce jour à 11h20."
    ).facts
    assert [d.rule_candidate for d in found.deadlines] == ["jap-order"]
    assert found.urgency is Urgency.CRITICAL


def test_a_judgment_of_the_same_judge_leaves_ten():
    found = letter("Conditionnelle refusée par jugement du JAP notifié le 12 juin.").facts
    assert [d.rule_candidate for d in found.deadlines] == ["jap-judgment"]


@pytest.mark.parametrize("who", ["Mon cousin", "Mon frère", "Ma sœur", "Mon oncle"])
def test_news_of_one_for_whom_nobody_writes_is_no_clock(who):
    words = f"{who} a reçu une OQTF hier mais ce n'est pas pour lui que j'écris."
    assert not letter(words).facts.deadlines


@pytest.mark.parametrize("who", ["Mon mari", "Mon frère", "Mon cousin"])
def test_news_of_one_for_whom_somebody_writes_is(who):
    found = letter(f"{who} a reçu une OQTF hier, moi je voudrais savoir comment l'aider.").facts
    assert [d.kind for d in found.deadlines] == [DeadlineKind.OQTF_APPEAL]
