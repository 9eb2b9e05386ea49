"""The text of the files that come with an e-mail, as far as it can be read without a person."""

from __future__ import annotations

import io
import re
import zipfile

from pypdf import PageObject, PdfReader

from services.intake.domain.normalise.parts import MAX_TEXT, decoded
from shared.html_text import html_text
from shared.mail_parts import Leaf
from shared.rtf_text import rtf_text

MAX_PDF_PAGES = 20
MAX_PDF_BYTES = 20_000_000
MAX_XML_BYTES = 5_000_000
_TEXTS = (".txt", ".text", ".csv", ".md", ".ics", ".vcf", ".htm", ".html")
_PAGES = (".htm", ".html")
# What signs or announces, and says nothing to a person
_SILENT = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
        "application/pgp-encrypted",
    }
)
_OFFICE_TEXT = ("word/document.xml", "content.xml")
_OFFICE_PICTURE = re.compile(r"(?:word/media|Pictures)/[^/]{1,200}\Z")
_OFFICE_LINE = re.compile(r"</(?:w:p|text:p|text:h)>|<(?:w:br|w:tab|text:line-break|text:tab)/>")
_LARGEST_LOGO_BYTES = 30_000


def attached_text(leaf: Leaf) -> tuple[str | None, bool]:
    """The text of a file, None if none was found, and whether that is all it says.

    A person opens what is not all read: pictures, scans, sounds, what is locked or too long.
    """
    name = (leaf.name or "").lower()
    if leaf.kind in _SILENT:
        return "", True
    text, whole = None, True
    if leaf.kind.startswith("text/") and leaf.kind != "text/rtf":
        text, whole = leaf.text()
    elif leaf.kind == "application/pdf" or name.endswith(".pdf"):
        text, whole = _pdf(leaf.content)
    elif leaf.content.startswith(b"{\\rtf"):
        text, whole = rtf_text(leaf.content), b"\\pict" not in leaf.content
    elif leaf.content.startswith(b"PK"):
        text, whole = _office(leaf.content)
    elif name.endswith(_TEXTS):
        text, whole = leaf.text()
        text = html_text(text) if name.endswith(_PAGES) else text
    if text is None:
        return None, False
    text = decoded(text)[0]
    return text[:MAX_TEXT], whole and len(text) <= MAX_TEXT


def _pdf(content: bytes) -> tuple[str | None, bool]:
    """The text of a PDF, None if it holds none (a scan), is broken, locked or too large."""
    if len(content) > MAX_PDF_BYTES:
        return None, False
    try:
        pages = list(PdfReader(io.BytesIO(content), strict=False).pages)
        texts = [page.extract_text() or "" for page in pages[:MAX_PDF_PAGES]]
        scanned = any(
            not text.strip() and _pictured(page) for text, page in zip(texts, pages, strict=False)
        )
    except Exception:  # pypdf raises many kinds on broken files
        return None, False
    text = "\n".join(texts)
    return (text if text.strip() else None), not scanned and len(pages) <= MAX_PDF_PAGES


def _pictured(page: PageObject) -> bool:
    resources = page.get("/Resources")
    return resources is not None and bool(resources.get_object().get("/XObject"))


def _office(content: bytes) -> tuple[str | None, bool]:
    """The text of a .docx or .odt; not all of it if a picture in it may be a letter."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = {one.filename: one for one in archive.infolist()}
            found = next((inside[name] for name in _OFFICE_TEXT if name in inside), None)
            if found is None:
                return None, False
            with archive.open(found) as stream:
                xml = stream.read(MAX_XML_BYTES)
    except Exception:  # broken, locked or deflated in an unknown way: many kinds
        return None, False
    text = html_text(_OFFICE_LINE.sub("<br>", xml.decode("utf-8", "replace")))
    pictured = any(
        _OFFICE_PICTURE.fullmatch(name) and one.file_size > _LARGEST_LOGO_BYTES
        for name, one in inside.items()
    )
    return (text if text.strip() else None), not pictured and len(xml) < MAX_XML_BYTES
