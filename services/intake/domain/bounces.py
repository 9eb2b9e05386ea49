"""Whether an e-mail says that a message of the desk did not arrive (RFC 3464)."""

from __future__ import annotations

import re
from email.parser import BytesHeaderParser
from email.policy import default

from shared.mail_headers import header_of

_LOOKED_AT_BYTES = 1 << 18  # a report is short; what follows is the returned message
_FAILED = re.compile(rb"^Action:[ \t]*failed\b", re.IGNORECASE | re.MULTILINE)


def is_delivery_failure(raw: bytes) -> bool:
    """True for a delivery status report of which at least one recipient failed."""
    beginning = raw[:_LOOKED_AT_BYTES]
    head, _, body = re.sub(rb"\r\n?", b"\n", beginning).partition(b"\n\n")
    if not _FAILED.search(body):  # nearly every e-mail: its headers need no parsing
        return False
    try:
        headers = BytesHeaderParser(policy=default.clone(header_factory=header_of)).parsebytes(
            head + b"\n\n"
        )
        kind = headers.get_content_type()
        report = headers.get_param("report-type", "")
    except Exception:  # headers of any kind come in; unreadable ones make no report
        return False
    named = str(report).strip().lower()
    return kind == "multipart/report" and named == "delivery-status"
