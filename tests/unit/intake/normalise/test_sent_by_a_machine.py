"""What a machine sent: closed by rule only if no request can hide in it."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    Normalised,
    default_reference,
    normalise,
)
from shared.contracts.vocabulary import Channel, RequesterKind, RequestState, Urgency

REPLIED = "Auto-Submitted: auto-replied\n"
GENERATED = "Auto-Submitted: auto-generated\n"
LISTED = "List-Id: <revue.example>\nPrecedence: bulk\n"
POSTED = f"{LISTED}List-Post: <mailto:commission@asso.example>\n"
NO_REPLY = "From: no-reply@service.example\n"
SCAN = "Veuillez trouver ci-joint un document numérisé par le copieur KM-3060."
BROTHER = "Mon frère Ali Diarra est détenu à Fresnes, sa carte de séjour finit : que faire ?"


def mail(body: str, head: str = "", *, subject: str = "question", files: str = "") -> Normalised:
    sender = "" if "From:" in head else "From: a.b@courriel.example\n"
    raw = (
        f"{sender}To: desk@cimade.example\nSubject: {subject}\nMIME-Version: 1.0\n"
        f"Date: Thu, 26 Mar 2026 10:00:00 +0100\n{head}"
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{body}\n{files}--b--\n"
    )
    item = Incoming(channel=Channel.EMAIL, raw=raw.encode())
    return normalise(item, known=KnownList(), reference=default_reference())


def file(kind: str, name: str, *, more: str = "", content: str = "AAECAwQF") -> str:
    return (
        f'--b\nContent-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n{more}\n'
        f"{content}\n"
    )


@pytest.mark.parametrize(
    ("head", "body", "files"),
    [
        (GENERATED, "", file("application/pdf", "scan.pdf")),
        (GENERATED, SCAN, file("image/jpeg", "scan.jpg")),
        (NO_REPLY, "Vous avez reçu un fax de 2 pages.", file("image/tiff", "fax.tif")),
        (NO_REPLY, "Nouveau message vocal (0:42).", file("audio/wav", "message.wav")),
        ("Return-Path: <>\n", "", file("application/pdf", "scan.pdf")),
        ("From: MAILER-DAEMON@copieur.example\n", SCAN, file("application/pdf", "scan.pdf")),
        (REPLIED, "Je suis absente.", file("application/pdf", "lettre.pdf")),
        (LISTED, "Voir la lettre jointe.", file("application/msword", "lettre.doc")),
    ],
    ids=["scan", "copier", "fax", "voice", "no return path", "no name", "answer", "list"],
)
def test_a_file_that_nobody_has_read_is_opened_by_a_person_today(head, body, files):
    found = mail(body, head, files=files)

    assert found.state is RequestState.NEEDS_REVIEW
    assert found.facts.urgency is Urgency.HIGH
    assert {"requester.kind", "attachments.0.text"} <= set(found.facts.missing)


@pytest.mark.parametrize("head", [GENERATED, NO_REPLY, "Return-Path: <>\n"])
def test_what_somebody_sent_through_a_form_is_read_by_a_person_and_answered_to_them(head):
    found = mail("besoin d'aide svp", f"{head}Reply-To: Ana Brun <ana@famille.example>\n")

    assert found.state is RequestState.NEEDS_REVIEW
    assert not found.facts.automatic
    assert found.facts.urgency is not Urgency.HIGH
    assert found.people.requester.contact == "ana@famille.example"


def test_what_a_person_posts_to_a_group_address_is_their_request():
    found = mail(BROTHER, POSTED)

    assert found.facts.requester_kind is RequesterKind.RELATIVE
    assert "requester.kind" not in found.facts.missing


@pytest.mark.parametrize(
    ("body", "head", "subject"),
    [
        (BROTHER, LISTED, "question"),
        ("Mon frère est en prison, sa carte de séjour finit.", LISTED, "question"),
        ("Je suis absente. M. Ali Diarra, écrou 123456, a changé d'adresse.", REPLIED, "Absente"),
        ("Mon frère est en prison, sa carte de séjour finit.", REPLIED, "Absente"),
        ("Un message de x@y.example a été bloqué.", "From: postmaster@z.example\n", "Bloqué"),
        (BROTHER, "", "RE: Réponse automatique : absence"),
        (BROTHER, "", "TR : Undelivered Mail Returned to Sender"),
    ],
    ids=[
        "list, name",
        "list, own voice",
        "answer, name",
        "answer, own voice",
        "blocked",
        "answer to an answer",
        "bounce handed on",
    ],
)
def test_words_about_somebody_are_read_by_a_person(body, head, subject):
    found = mail(body, head, subject=subject)

    assert not found.facts.automatic
    assert found.state is not RequestState.CLOSED


LOGO = file("image/png", "logo.png", more="Content-ID: <logo>\nContent-Disposition: inline\n")


@pytest.mark.parametrize(
    ("body", "head", "subject", "files"),
    [
        ("Je suis absente jusqu'au 3 avril.", REPLIED, "Absente : Re: M. Ali Diarra", ""),
        ("Je suis absente cette semaine.", REPLIED, "Absente", LOGO),
        ("Je suis absente.", "Return-Path: <>\nIn-Reply-To: <a@b>\n", "Absente", ""),
        (
            "Message refusé : <a@b.example>.",
            "From: MAILER-DAEMON@z.example\n",
            "failure notice",
            "",
        ),
        ("Au sommaire : les permissions de sortir.", LISTED, "La lettre n. 12", LOGO),
    ],
    ids=["name in the subject only", "logo", "no header but its return path", "report", "news"],
)
def test_an_automatic_message_that_asks_nothing_is_closed_by_rule(body, head, subject, files):
    assert mail(body, head, subject=subject, files=files).state is RequestState.CLOSED


def test_a_report_that_returns_a_message_of_ours_with_its_files_is_closed_by_rule():
    raw = (
        "From: MAILER-DAEMON@mx.example\nTo: desk@cimade.example\nSubject: Delayed Mail\n"
        "Date: Thu, 26 Mar 2026 10:00:00 +0100\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nNot delivered yet.\n"
        "--b\nContent-Type: message/delivery-status\n\nAction: delayed\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: votre question\n"
        'Content-Type: application/pdf; name="a.pdf"\n\nAAA\n--b--\n'
    )
    item = Incoming(channel=Channel.EMAIL, raw=raw)

    found = normalise(item, known=KnownList(), reference=default_reference())

    assert found.state is RequestState.CLOSED
