"""Messages that only some program opens are opened: Outlook's, signed ones, those in a file."""

from __future__ import annotations

import datetime
from email.message import EmailMessage

import pytest
from compressed_rtf import compress
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given
from hypothesis import strategies as st

from shared.mail_parts import Mail, body_of, parsed, taken_apart
from shared.outlook import saved_message, winmail
from shared.signed_mail import signed_message
from tests.support import outlook_files
from tests.support.outlook_files import BODY, HTML, RTF

WORDS = "Mon frère, détenu à Fresnes, veut mourir."
PICTURE = b"\x89PNG" + b"x" * 5_000


def mail(name: str, content: bytes, *, words: str = "", kind: str = "octet-stream") -> Mail:
    message = EmailMessage()
    message.set_content(words)
    message.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return taken_apart(parsed(message.as_bytes()))


def words(found: Mail) -> str:
    return " ".join(body_of(found.leaves)[0].split())


def names(found: Mail) -> list[str | None]:
    return [file.name for file in found.files]


@pytest.mark.parametrize(
    "properties",
    [
        {BODY: WORDS.encode()},
        {HTML: f"<p>{WORDS}</p>".encode()},
        {
            RTF: compress(
                rb"{\rtf1\ansi " + WORDS.encode("unicode_escape").replace(b"\\x", b"\\'") + b"}"
            )
        },
    ],
    ids=["plain", "page", "rich text"],
)
def test_the_words_and_files_of_a_winmail_are_found(properties):
    raw = outlook_files.winmail(properties, {"lettre.png": PICTURE, "b.pdf": b"%PDF"})

    found = mail("winmail.dat", raw, kind="ms-tnef")

    assert words(found) == WORDS
    assert names(found) == ["lettre.png", "b.pdf"]
    assert found.files[0].content == PICTURE
    assert found.files[0].kind == "image/png"


def test_a_body_of_the_old_kind_is_found_too():
    assert words(mail("winmail.dat", outlook_files.winmail({}, {}, WORDS.encode()))) == WORDS


def test_what_a_winmail_says_again_is_not_read_twice():
    raw = outlook_files.winmail({BODY: WORDS.encode()}, {"b.png": PICTURE})

    found = mail("winmail.dat", raw, words=WORDS)

    assert words(found) == WORDS
    assert names(found) == ["b.png"]


@pytest.mark.parametrize(
    "raw", [outlook_files.winmail({}, {}), outlook_files.winmail({}, {})[:20], b"\x78\x9f\x3e\x22"]
)
def test_a_winmail_in_which_nothing_is_found_stays_a_file(raw):
    assert names(mail("winmail.dat", raw)) == ["winmail.dat"]


def test_rich_text_that_cannot_be_unpacked_stays_a_file_beside_what_is_found():
    raw = outlook_files.winmail({RTF: b"x" * 50}, {"b.png": PICTURE})

    assert names(mail("winmail.dat", raw)) == ["winmail.dat", "b.png"]
    assert names(mail("winmail.dat", raw, words="Bonjour")) == ["b.png"]


def test_a_message_that_outlook_saved_is_a_message_attached():
    raw = outlook_files.saved_message("Lettre d'Ali", WORDS, {"lettre.png": PICTURE})

    found = mail("fwd.msg", raw, words="Voir ci-joint.")

    assert words(found) == f"Voir ci-joint. {WORDS}"
    assert [one["Subject"] for one in found.messages] == [None, "Lettre d'Ali"]
    assert [(file.name, file.of) for file in found.files] == [("lettre.png", 1)]


def test_a_message_in_a_file_is_a_message_attached():
    raw = f"Subject: Lettre\nContent-Type: text/plain; charset=utf-8\n\n{WORDS}".encode()

    found = mail("lettre.eml", raw, words="Voir ci-joint.")

    assert words(found) == f"Voir ci-joint. {WORDS}"
    assert found.messages[1]["Subject"] == "Lettre"


@pytest.fixture(scope="module")
def signer() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ana")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day)
    return built.sign(key, hashes.SHA256()), key


def test_a_message_wrapped_in_its_signature_is_read(signer):
    inner = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{WORDS}\r\n".encode()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inner).add_signer(*signer, hashes.SHA256())
    der = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])

    found = mail("smime.p7m", der, kind="pkcs7-mime")

    assert words(found) == WORDS
    assert names(found) == []


def test_a_signature_in_pieces_of_unstated_length_is_read():
    def piece(tag: int, content: bytes) -> bytes:
        return bytes([tag, 0x80]) + content + b"\0\0"

    octets = piece(0x24, b"\x04\x03abc" + b"\x04\x03def")
    holder = piece(0x30, bytes.fromhex("06092a864886f70d010701") + piece(0xA0, octets))
    signed = piece(0x30, b"\x02\x01\x01" + b"\x31\x00" + holder)
    raw = piece(0x30, bytes.fromhex("06092a864886f70d010702") + piece(0xA0, signed))

    assert signed_message(raw) == b"abcdef"
    assert signed_message(raw[:30]) is None


@pytest.mark.parametrize("name", ["a.msg", "smime.p7m", "a.eml", "winmail.dat"])
def test_a_file_that_only_bears_the_name_stays_a_file(name):
    assert names(mail(name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rien", kind="pkcs7-mime")) == [name]


@given(st.binary(max_size=300), st.integers(0, 400))
def test_whatever_stands_in_such_a_file_nothing_is_raised(raw: bytes, at: int):
    whole = outlook_files.winmail({BODY: b"a", RTF: b"b"}, {"c": b"d"})
    broken = whole[:at] + raw + whole[at + len(raw) :]
    for one in (raw, b"\x78\x9f\x3e\x22" + raw, b"\x30\x80" + raw, broken):
        assert (winmail(one), signed_message(one), saved_message(one)) is not None


@given(st.binary(max_size=60), st.integers(0, 20_000))
def test_whatever_is_wrong_with_a_saved_message_nothing_is_raised(raw: bytes, at: int):
    whole = outlook_files.saved_message("a", "b", {"c": b"d"})

    found = saved_message(whole[:at] + raw + whole[at + len(raw) :])

    assert found is None or found.message() is not None
