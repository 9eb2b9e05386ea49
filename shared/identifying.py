"""Words that are kept in clear: whether they hold what looks like a person's number or address."""

from __future__ import annotations

import re

# No number of a person.
_DAY = re.compile(
    r"\b(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\b"
)


def identifies(words: str, *, signs: int = 6) -> bool:
    """A number of ``signs`` signs or more, or an e-mail address; a full date is neither."""
    number_or_address = rf"\d[\d .\-]{{{signs - 2},}}\d|\S@\S"
    return re.search(number_or_address, _DAY.sub("", words)) is not None
