"""What comes with an e-mail is read, or shown to a person as to be read."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    Normalised,
    default_reference,
    normalise,
)
from shared.contracts.vocabulary import Channel, RequestState, SpecialSituation, Urgency
from tests.support import outlook_files

WORDS = "Je suis détenu à Fresnes, écrou 123456, et je veux mourir."
DOCX = f"<w:document><w:body><w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p></w:body></w:document>"
ODT = f"<office:text><text:p>{WORDS}</text:p></office:text>"
RTF = r"{\rtf1\ansi " + WORDS.replace("é", r"\'e9").replace("à", r"\'e0") + "}"
ICS = f"BEGIN:VCALENDAR\nDESCRIPTION:{WORDS}\nEND:VCALENDAR"
EML = f"Subject: lettre\nContent-Type: text/plain; charset=utf-8\n\n{WORDS}"


def mail(name: str, content: bytes, *, kind: str = "octet-stream", words: str = "") -> Normalised:
    message = EmailMessage()
    message["From"], message["To"] = "a.b@courriel.example", "desk@cimade.example"
    message["Subject"], message["Date"] = "lettre", "Thu, 26 Mar 2026 10:00:00 +0100"
    message.set_content(words)
    message.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return read(message.as_bytes())


def read(raw: bytes) -> Normalised:
    item = Incoming(channel=Channel.EMAIL, raw=raw)
    return normalise(item, known=KnownList(), reference=default_reference())


def archive(**files: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files.items():
            into.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()


def pdf(*pages: str) -> bytes:
    """A PDF in which a page without words is a picture."""
    kids = " ".join(f"{5 + at * 2} 0 R" for at in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/Length 1>>stream\nx\nendstream",
    ]
    for page in pages:
        uses = "/Font<</F 3 0 R>>" if page else "/XObject<</I 4 0 R>>"
        draws = f"BT /F 12 Tf 9 9 Td ({page}) Tj ET" if page else "/I Do"
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<{uses}>>"
            f"/Contents {len(objects) + 2} 0 R>>",
            f"<</Length {len(draws)}>>stream\n{draws}\nendstream",
        ]
    raw, starts = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        starts.append(len(raw))
        raw += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(objects) + 1
    return (
        f"{raw}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer<</Root 1 0 R/Size {size}>>\nstartxref\n{len(raw)}\n%%EOF"
    ).encode("latin-1")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lettre.docx", archive(word__document_xml=DOCX)),
        ("lettre.odt", archive(content_xml=ODT)),
        ("lettre.rtf", RTF.encode()),
        ("lettre.txt", WORDS.encode()),
        ("lettre.html", f"<p>{WORDS}</p>".encode()),
        ("rendez-vous.ics", ICS.encode()),
        ("lettre.pdf", pdf(WORDS)),
        ("lettre.eml", EML.encode()),
        ("lettre.msg", outlook_files.saved_message("lettre", WORDS, {})),
        ("winmail.dat", outlook_files.winmail({outlook_files.BODY: WORDS.encode()}, {})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_letter_in_a_file_is_read(name, content):
    found = mail(name, content)

    assert SpecialSituation.SUICIDE_RISK in found.facts.special_situations
    assert found.facts.urgency is Urgency.CRITICAL
    assert not [field for field in found.facts.missing if field.startswith("attachments")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"\xff\xd8\xff"),
        ("photo.heic", b"\0\0\0\x18ftypheic"),
        ("message.wav", b"RIFF0000WAVE"),
        ("message.mp3", b"ID3"),
        ("message.amr", b"#!AMR\n"),
        ("lettre.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("lettre.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("winmail.dat", b"\x78\x9f\x3e\x22"),
        ("smime.p7m", b"\x30\x80\x06\x09"),
        ("lettre.zip", archive(a_txt="a")),
        ("lettre.docx", b"PK\x03\x04"),
        ("scan.docx", archive(word__document_xml="<w:p/>", word__media__a_png=b"x" * 50_000)),
        ("lettre.rtf", b"{\\rtf1 {\\pict 00}}"),
        ("scan.pdf", pdf("")),
        ("lettre.pdf", b"%PDF-1.4 casse"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_without_words_is_read_by_a_person_today_and_stays_on_the_list(name, content):
    found = mail(name, content)

    assert found.state is RequestState.NEEDS_REVIEW
    assert found.facts.urgency is Urgency.HIGH
    assert "attachments.0.text" in found.facts.missing
    assert [(one.filename, one.text) for one in found.people.attachments] == [(name, None)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lettre.docx", archive(word__document_xml=DOCX, word__media__a_png=b"x" * 50_000)),
        ("lettre.rtf", RTF[:-1].encode() + b"{\\pict 00}}"),
        ("lettre.pdf", pdf(WORDS, "")),
        ("lettre.pdf", pdf(WORDS, *["suite"] * 20)),
        ("lettre.txt", WORDS.encode() + b"\nune phrase de plus" * 4_000),
    ],
    ids=["picture in it", "picture in rich text", "scanned page", "many pages", "long"],
)
def test_a_file_of_which_a_part_is_read_is_opened_by_a_person_too(name, content):
    found = mail(name, content)

    assert SpecialSituation.SUICIDE_RISK in found.facts.special_situations
    assert "attachments.0.text" in found.facts.missing


LOCKED = "-----BEGIN PGP MESSAGE-----\n\nhQEMA2/mourir\n=abcd\n-----END PGP MESSAGE-----\n"
HEAD = "From: a.b@courriel.example\nSubject: question\nDate: Thu, 26 Mar 2026 10:00:00 +0100\n"


@pytest.mark.parametrize(
    "rest",
    [
        f"\n{LOCKED}",
        'Content-Type: multipart/encrypted; boundary="b"\n\n--b\n'
        "Content-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\n"
        f"Content-Type: application/octet-stream; name=encrypted.asc\n\n{LOCKED}--b--\n",
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
        "Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CAMIACAQIxgA==\n",
    ],
    ids=["pgp in the text", "pgp", "s/mime"],
)
def test_an_encrypted_mail_is_read_by_a_person_today(rest):
    found = read((HEAD + rest).encode())

    assert found.state is RequestState.NEEDS_REVIEW
    assert found.facts.urgency is Urgency.HIGH
    assert {"text"} <= set(found.facts.missing)


def test_the_signature_of_a_mail_is_nothing_to_open():
    raw = (
        f'{HEAD}Content-Type: multipart/signed; boundary="b"\n\n--b\n\n{WORDS}\n--b\n'
        "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nMIAG\n--b--\n"
    )

    found = read(raw.encode())

    assert not [field for field in found.facts.missing if field.startswith("attachments")]
    assert [one.text for one in found.people.attachments] == [""]
