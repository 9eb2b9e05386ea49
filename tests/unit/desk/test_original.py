"""Raw items become something that a person can read; whatever comes, nothing is raised."""

from __future__ import annotations

import base64
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.application.original import (
    attachment,
    file_name,
    inner_messages,
    originals,
    readable,
)


def mail(**parts: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ana Brun <ana@famille.example>"
    message["Subject"] = "Mon frère"
    message.set_content(parts["text"])
    if "html" in parts:
        message.add_alternative(parts["html"], subtype="html")
    return message


def test_a_letter_is_shown_as_it_was_written():
    assert readable("text/plain; charset=utf-8", b"Fresnes, le 3 mars") == ("Fresnes, le 3 mars")


def test_bytes_of_an_old_machine_are_read_too():
    assert readable("text/plain", "été".encode("cp1252")) == "été"


def test_a_mail_is_shown_with_who_wrote_and_what():
    assert readable("message/rfc822", mail(text="Bonjour").as_bytes()) == (
        "De : Ana Brun <ana@famille.example>\nObjet : Mon frère\n\nBonjour\n"
    )


def test_the_plain_text_of_a_mail_is_preferred():
    raw = mail(text="en clair", html="<p>en html</p>").as_bytes()

    assert "en clair" in readable("message/rfc822", raw)
    assert "en html" not in readable("message/rfc822", raw)


def test_a_mail_in_html_alone_loses_its_tags_and_scripts():
    message = EmailMessage()
    message.set_content("<p>Il est à <b>Nice</b></p><script>alert(1)</script>", subtype="html")

    assert readable("message/rfc822", message.as_bytes()) == "Il est à Nice"


def test_json_is_laid_out_in_lines():
    raw = b'{"texte": "Bonjour", "personne": {"nom": "Brun"}, "accord": true}'

    assert readable("application/json", raw) == (
        "texte : Bonjour\npersonne :\n  nom : Brun\naccord : oui"
    )


HTML = b"Content-Type: text/html\r\n\r\n<p>Bonjour</p>"


@pytest.mark.parametrize("kind", ["multipart/alternative", "application/octet-stream"])
def test_words_declared_as_something_else_are_shown(kind: str):
    raw = f"Subject: aide\nContent-Type: {kind}\n\nmon frère va mal".encode()

    assert readable("message/rfc822", raw) == "Objet : aide\n\nmon frère va mal"


@pytest.mark.parametrize(
    ("media_type", "raw"),
    [
        ("message/rfc822", HTML + b"<![<!["),
        ("message/rfc822", b"From: " + b"(" * 20_000 + b"\r\n\r\nBonjour"),
        ("message/rfc822", b"To: " + b"a <a@b.example>, " * 20_000 + b"\r\n\r\nBonjour"),
        ("message/rfc822", b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nBonjour"),
        ("message/rfc822", b"Content-Type: text/plain; " + b'a="b"; ' * 9000 + b"\r\n\r\nBonjour"),
        ("application/json", b'{"a": "Bonjour", "b": ' + b"[" * 50_000),
    ],
    ids=["html", "nested", "addresses", "words", "parameters", "json"],
)
def test_an_item_made_to_break_its_reader_is_shown_at_once(media_type: str, raw: bytes):
    began = time.process_time()

    assert "Bonjour" in readable(media_type, raw)
    assert time.process_time() - began < 2  # up to eight seconds, or an error, before


def test_broken_json_is_shown_as_it_is():
    assert readable("application/json", b'{"texte": ') == '{"texte": '


def test_a_file_of_a_mail_is_found_by_its_place():
    message = mail(text="voici")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="scan.pdf")

    assert attachment(message.as_bytes(), 0) == (b"%PDF", "scan.pdf")
    assert attachment(message.as_bytes(), 1) is None


@pytest.mark.parametrize(
    ("pieces", "shown", "whole"),
    [([b""], "", True), ([], None, True), ([b"a"] * 3, "aaa", True), ([b"a"] * 9, "a" * 8, False)],
    ids=["empty", "erased", "several", "too many"],
)
def test_an_item_is_shown_by_its_first_pieces(pieces, shown, whole):
    def ask(_service: str, method: str, *, part: int = 0, **_: str) -> object:
        if method == "list_originals":
            told = {"sha256": "x", "media_type": "text/plain", "size_bytes": 9}
            return [told | {"part_count": max(1, len(pieces))}]
        content = base64.b64encode(pieces[part]).decode() if pieces else None
        return {"content_base64": content, "part_count": max(1, len(pieces))}

    [one] = originals(ask, "r")

    assert (one.text, one.whole) == (shown, whole)


def test_all_words_of_a_mail_are_shown_and_whom_to_answer():
    message = mail(text="avant la photo")
    message["Reply-To"] = "ana@autre.example"
    message.add_attachment(b"", maintype="image", subtype="png", filename="a.png")
    below = EmailMessage()
    below.set_content("<p>après", subtype="html")
    message.attach(below)

    shown = readable("message/rfc822", message.as_bytes())

    assert "Répondre à : ana@autre.example" in shown
    assert "avant la photo" in shown
    assert "après" in shown


def test_messages_attached_to_a_mail_are_read_at_any_depth_with_their_subjects():
    innermost = mail(text="je suis à Nice")
    inner = EmailMessage()
    inner.set_content("voici sa lettre")
    inner.add_attachment(innermost)
    outer = mail(text="voir ci-joint")
    outer.add_attachment(inner)

    found = inner_messages("message/rfc822", outer.as_bytes())

    assert [subject for subject, _ in found] == ["", innermost["Subject"]]
    assert "voici sa lettre" in found[0][1]
    assert "je suis à Nice" in found[1][1]
    assert inner_messages("application/json", outer.as_bytes()) == ()
    assert len(inner_messages("message/rfc822", b"Content-Type: message/rfc822\n\n" * 5000)) <= 20


def test_a_file_is_shown_and_saved_under_a_name_that_hides_nothing():
    assert file_name("facture\u202efdp.html") == "facture_fdp.html"
    assert file_name('../"><img src=x>.html').endswith("__img src_x_.html")
    assert file_name("été " + "x" * 200 + ".exe").endswith(".exe")
    assert file_name(None) == ""


@given(st.binary(max_size=400), st.sampled_from(["message/rfc822", "application/json", "x/y"]))
def test_anything_at_all_can_be_shown(raw: bytes, media_type: str):
    assert isinstance(readable(media_type, raw), str)
