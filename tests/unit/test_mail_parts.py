"""Messages taken apart: no word and no file is lost, whatever they are declared as."""

from __future__ import annotations

import base64
import binascii
import quopri
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mail_parts import Mail, body_of, parsed, taken_apart

WORDS = "Mon frère, détenu à Fresnes, est très malade et veut mourir."
BASE64 = base64.encodebytes(WORDS.encode()).decode()
QUOTED = quopri.encodestring(WORDS.encode()).decode()


def apart(raw: str | bytes) -> Mail:
    return taken_apart(parsed(raw.encode() if isinstance(raw, str) else raw))


def words(raw: str | bytes) -> str:
    return " ".join(body_of(apart(raw).leaves)[0].split())


@pytest.mark.parametrize("head", ["", "; boundary=never"])
@pytest.mark.parametrize(
    ("encoding", "content"), [("base64", BASE64), ("quoted-printable", QUOTED), ("8bit", WORDS)]
)
def test_parts_whose_boundary_is_not_declared_are_decoded(head, encoding, content):
    mail = (
        f"Content-Type: multipart/mixed{head}\n\nThis is a multi-part message.\n--=_b\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
        f"{content}\n--=_b\nContent-Type: image/png; name=a.png\n"
        "Content-Transfer-Encoding: base64\n\nAAEC\n--=_b--\n"
    )

    assert words(mail) == WORDS
    assert [(file.name, file.content) for file in apart(mail).files] == [("a.png", b"\0\1\2")]


@pytest.mark.parametrize("kind", ["text/plain", "multipart/mixed", "application/octet-stream"])
@pytest.mark.parametrize("content", [BASE64, QUOTED])
def test_words_that_do_not_say_how_they_are_encoded_are_decoded(kind, content):
    assert words(f"Content-Type: {kind}\n\n{content}") == WORDS


def test_parts_within_a_text_whose_header_is_lost_are_decoded():
    mail = f"\n--b1\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{BASE64}--b1--"

    assert words(mail) == WORDS


@pytest.mark.parametrize(
    "text",
    [
        "mon frere est detenu a fresnes il a besoin de votre aide vite",
        "voir http://a.example/?a=20&b=30&c=40 et =C3 aussi",
        "-- \nContent de vous lire",
    ],
)
def test_words_that_only_look_encoded_are_left_as_they_are(text):
    assert words(f"Content-Type: text/plain\n\n{text}") == " ".join(text.split())


def test_a_file_written_among_the_words_is_a_file():
    lines = b"".join(binascii.b2a_uu(bytes(range(at, at + 45))) for at in range(0, 90, 45))
    mail = f"Content-Type: text/plain; charset=utf-8\n\n{WORDS}\nbegin 644 été.png\n".encode()

    found = apart(mail + lines + b"`\nend\nmerci\n")

    assert " ".join(body_of(found.leaves)[0].split()) == f"{WORDS} merci"
    assert [(file.name, file.content) for file in found.files] == [("été.png", bytes(range(90)))]


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("iso-8859-1", WORDS.encode()),
        ("iso-8859-1", WORDS.encode("cp1252")),
        ("us-ascii", WORDS.encode()),
        ("no-such-thing", WORDS.encode("cp1252")),
        ("utf-8", WORDS.encode("cp1252")),
        ("utf-8", WORDS.encode("utf-16")),
    ],
)
def test_words_in_a_charset_other_than_the_one_stated_are_read(charset, content):
    found = words(f"Content-Type: text/plain; charset={charset}\n\n".encode() + content)

    assert found == WORDS


def test_a_message_attached_in_base64_is_read():
    inner = base64.encodebytes(f"Subject: aide\n\n{WORDS}".encode()).decode()
    mail = apart(f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}")

    assert WORDS in body_of(mail.leaves)[0]
    assert [one["Subject"] for one in mail.messages] == [None, "aide"]


def test_a_foot_in_plain_text_does_not_hide_the_page_above_it():
    message = EmailMessage()
    message.make_mixed()
    for text, kind in ((f"<p>{WORDS}</p>", "html"), ("Message vérifié.", "plain")):
        part = EmailMessage()
        part.set_content(text, subtype=kind)
        message.attach(part)

    assert words(message.as_bytes()) == f"{WORDS} Message vérifié."


@pytest.mark.parametrize(
    ("plain", "page", "read"),
    [
        ("Bonjour Ali", "<p>Bonjour <b>Ali</b></p>", "Bonjour Ali"),
        ("", f"<p>{WORDS}</p>", WORDS),
        ("Votre logiciel ne lit pas ce format.", f"<p>{WORDS * 4}</p>", WORDS * 4),
    ],
)
def test_of_two_ways_to_say_it_the_one_that_says_it_is_read(plain, page, read):
    message = EmailMessage()
    message.set_content(plain)
    message.add_alternative(page, subtype="html")

    assert words(message.as_bytes()) == read


def test_words_below_a_picture_and_in_a_message_attached_are_read_and_files_counted_in_order():
    inner = EmailMessage()
    inner["Subject"] = "sa lettre"
    inner.set_content(f"<p>{WORDS}</p>", subtype="html")
    inner.add_attachment(b"1", maintype="image", subtype="png", filename="inside.png")
    message = EmailMessage()
    message.set_content("voici")
    message.add_attachment(inner)
    message.add_attachment(b"2", maintype="image", subtype="png", filename="after.png")
    below = EmailMessage()
    below.set_content("et merci")
    message.attach(below)

    mail = apart(message.as_bytes())

    assert words(message.as_bytes()) == f"voici {WORDS} et merci"
    assert [file.name for file in mail.files] == ["inside.png", "after.png"]
    assert [file.of for file in mail.files] == [1, 0]


@pytest.mark.parametrize(
    "nested",
    [
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"".join(
            b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
            for n in range(3000)
        ),
    ],
)
def test_what_is_nested_too_deep_is_read_as_it_stands(nested):
    assert WORDS in words(nested + b"\n" + WORDS.encode())


@given(st.binary(max_size=400))
def test_anything_can_be_taken_apart(raw: bytes):
    assert apart(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw).messages
