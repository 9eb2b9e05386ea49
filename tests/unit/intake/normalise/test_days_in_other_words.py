"""Days as people spell them, and in languages that few write in."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise.moments import moments_in
from services.intake.domain.normalise.reference import default_reference
from services.intake.domain.normalise.text import fold

THURSDAY = date(2026, 5, 21)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("ils son venu avan yer", 19),
        ("la lettre du guichet, je l’ai eue avant ier", 19),
        ("she gave it to me on the 18th.", 18),
        ("le courrier est arrivé le 18.", 18),
        ("me lo dieron antier", 19),
        ("me la dettero avantieri", 19),
        ("evvelsi gün geldiler", 19),
        ("geçen cuma bir kağıt geldi", 15),
        ("Учора вручили папір", 20),
        ("у середу принесли", 20),
        ("wczoraj podpisałem", 20),
        ("dostałem w piątek", 15),
        ("juče su doneli papir", 20),
        ("potpisao sam 18. maja", 18),
        ("gestern kam der Brief", 20),
        ("eergisteren kwam de brief", 19),
        ("გუშინ მომიტანეს", 20),
        ("البارح عطاوني ورقة", 20),
        ("وصلت البرية نهار 18 في الشهر", 18),
    ],
)
def test_the_day_is_known(words, day):
    found = moments_in(fold(words), default_reference(), THURSDAY)
    assert [m.mention.resolve(THURSDAY, future=False) for m in found] == [date(2026, 5, day)]


def test_a_number_with_decimals_is_no_day():
    assert moments_in(fold("il coûte le 10.50 euros"), default_reference(), THURSDAY) == []
