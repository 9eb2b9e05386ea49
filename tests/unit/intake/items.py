"""Made-up items in their raw forms."""

from __future__ import annotations

import base64

LETTER = """[ENVELOPPE] reçu le 2026-03-05 | cachet de la poste : 02-03-2026 | au dos : EXEMPLE \
Idriss, écrou 123 456 | 1 feuille | pièces : aucune
[TRANSCRIPTION — saisie par la permanence]
Fresnes le 1er mars 2026

Madame, Monsieur,
je suis détenu à Fresnes. Ma carte de séjour finit le 14 juillet 2026 et je ne sais pas comment la
renouveler d'ici. Merci de m'aider.
M. Exemple Idriss, écrou 123456
"""

QUESTION = """From: Claire Modele <c.modele@asso.example>
To: commission.prison@lacimade.org
Subject: question
Date: Mon, 08 Jun 2026 10:00:00 +0200
Message-ID: <question-1@asso.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Bonjour,
bénévole dans une association de visiteurs de prison, je voudrais savoir comment se renouvelle un
titre de séjour depuis la détention à Fresnes. Merci d'avance.
Claire Modele
"""

REPLY_OF_THREAD = """From: Claire Modele <c.modele@asso.example>
To: commission.prison@lacimade.org
Subject: RE: question
Date: Tue, 09 Jun 2026 10:00:00 +0200
Message-ID: <question-2@asso.example>
In-Reply-To: <answer-7@lacimade.example>
References: <answer-7@lacimade.example>
Content-Type: text/plain; charset=utf-8

Bonjour, merci. Une précision : et si la carte est perdue ?
Claire Modele
"""

OUT_OF_OFFICE = """From: Claire Modele <c.modele@asso.example>
To: commission.prison@lacimade.org
Subject: Absente
Date: Tue, 09 Jun 2026 10:00:00 +0200
Message-ID: <auto-3@asso.example>
In-Reply-To: <answer-7@lacimade.example>
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

Je suis absente jusqu'au 22 juin.
"""

BOUNCE = """From: Mail Delivery System <MAILER-DAEMON@mx.asso.example>
To: commission.prison@lacimade.org
Subject: Undelivered Mail Returned to Sender
Date: Tue, 09 Jun 2026 08:02:10 +0200
Message-ID: <bounce-4@mx.asso.example>
Auto-Submitted: auto-replied
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="r1"

--r1
Content-Type: text/plain; charset=us-ascii

<c.modele@asso.example>: 550 5.1.1 User unknown

--r1
Content-Type: message/delivery-status

Final-Recipient: rfc822; c.modele@asso.example
Action: failed
Status: 5.1.1

--r1
Content-Type: text/rfc822-headers

Message-ID: <answer-7@lacimade.example>
--r1--
"""

KNOWN_ANSWERED = {
    "request": "q-7",
    "state": "answered",
    "unit": "desk",
    "answered_on": "2026-06-05",
    "message_ids": ["<answer-7@lacimade.example>"],
}


def large_email(size_bytes: int, *, message_id: str = "<large-1@asso.example>") -> bytes:
    """An e-mail of about ``size_bytes``, nearly all of it one attachment that no text is in."""
    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    head = (
        "From: Claire Modele <c.modele@asso.example>\r\n"
        "To: commission.prison@lacimade.org\r\nSubject: scans\r\n"
        f"Date: Mon, 08 Jun 2026 10:00:00 +0200\r\nMessage-ID: {message_id}\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "Bonjour, voici les scans des papiers de M. Exemple, détenu à Fresnes.\r\n"
        "--b\r\nContent-Type: image/tiff\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="scan.tiff"\r\n\r\n'
    ).encode()
    return head + line * ((size_bytes - len(head) - 10) // len(line)) + b"--b--\r\n"
