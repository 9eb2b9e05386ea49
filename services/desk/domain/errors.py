"""What the desk itself refuses."""

from __future__ import annotations

from shared.errors import Conflict, Refused


class ChangedMeanwhile(Conflict):
    """Somebody else changed what a form is about while it was open."""

    code = "desk.changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("what the form is about changed meanwhile; look at it and send it again")


class WordsName(Refused):
    """Words that the owner keeps in clear hold a name of whom they are about.

    ``word`` is for who wrote them; the text, which may be logged, does not tell it.
    """

    code = "desk.words_name"

    def __init__(self, field: str, word: str) -> None:
        self.word = word
        super().__init__(f"{field}: names whom it is about, and is not encrypted; say it without")
