"""What a partner's system and the desk's web form send. A bad field never loses the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.intake.domain.normalise.impossible_days import SEND_A_DAY, told
from services.intake.domain.reading import latest_day
from shared.contracts.intake.facts import FieldProblem
from shared.forms import field_errors

_LONGEST_VALUE = 200
_LONGEST_NAME = 80
_MOST_PROBLEMS = 50
# What happened before it was sent; a clock may be wrong by a summer's hour.
_PAST = ("sent_at", "person.dob", "measure.since", "decision.notified", "consent.date")
_WRONG_CLOCK = timedelta(hours=2)
_UNKNOWN = "unknown field: kept, to be read by a person; docs/reference/api.md lists known ones"


class _Day(fields.Date):
    """A day as YYYY-MM-DD whose error says so, and nothing of what came instead."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            raise ValidationError(SEND_A_DAY) from None


class _Form(Schema):
    class Meta:
        unknown = RAISE


def _text(longest: int = 500) -> fields.String:
    return fields.String(allow_none=True, validate=validate.Length(max=longest))


def _line(longest: int = 500) -> fields.String:
    """A text of one line, so that nothing of it can pass for a header or a field of its own."""
    return fields.String(
        allow_none=True,
        validate=[
            validate.Length(max=longest),
            validate.Regexp(
                r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z",
                error="send one line, without line breaks and control characters",
            ),
        ],
    )


class _Author(_Form):
    name = _text()
    role = _text()
    email = fields.Email(allow_none=True)
    phone = _text(50)


class _Person(_Form):
    last = _text()
    first = _text()
    dob = _Day(allow_none=True)
    agdref = fields.String(
        allow_none=True,
        validate=validate.Regexp(r"^(\d ?){10}\Z", error="the foreigner number has ten digits"),
    )
    nationality = _text(50)
    detention_number = _text(50)
    establishment = _text()
    language = fields.String(
        allow_none=True,
        validate=validate.Regexp(r"^[a-z]{2,3}\Z", error="send an ISO 639 code such as fr"),
    )


_Measure = _Form.from_dict(  # "from" cannot be written as an attribute
    {
        "type": _text(),
        "since": _Day(allow_none=True),
        "until": _Day(allow_none=True),
        "from": _text(),
    },
    name="_Measure",
)


class _Decision(_Form):
    type = _text()
    notified = _Day(allow_none=True)
    notified_time = fields.String(
        allow_none=True,
        validate=validate.Regexp(
            r"(?:[01]\d|2[0-3]):[0-5]\d\Z", error="send the hour as HH:MM, 00:00 to 23:59"
        ),
    )
    delay_days = fields.Integer(
        allow_none=True, strict=True, validate=validate.Range(0, 3660, error="send days, 0 to 3660")
    )
    authority = _text()


class _Consent(_Form):
    signed = fields.Boolean(allow_none=True, truthy={True}, falsy={False})
    date = _Day(allow_none=True)
    scope = _text()
    addressee = _text()


class PartnerForm(_Form):
    """``POST /v1/requests``."""

    partner = fields.String(required=True, validate=validate.Length(1, 100))
    sent_at = fields.AwareDateTime(
        format="iso",
        allow_none=True,
        error_messages={
            "invalid": "send an ISO 8601 instant such as 2026-04-07T22:30:00+02:00",
            "invalid_awareness": "add the zone, such as +02:00",
        },
    )
    ref = _text(200)
    author = fields.Nested(_Author, allow_none=True)
    person = fields.Nested(_Person, allow_none=True)
    measure = fields.Nested(_Measure, allow_none=True)
    decision = fields.Nested(_Decision, allow_none=True)
    asks = fields.List(_text(), allow_none=True, validate=validate.Length(max=50))
    consent = fields.Nested(_Consent, allow_none=True)
    message = fields.String(allow_none=True)


class WebForm(_Form):
    """``POST /v1/web-form``; ``website`` is hidden from people, so that only robots fill it."""

    form = _line(50)
    sent_at = fields.AwareDateTime(format="iso", allow_none=True)
    lang = _line(20)
    name = _line()
    email = _line(320)
    phone = _line(50)
    who = _line(100)
    establishment = _line()
    message = fields.String(allow_none=True)
    consent_privacy = fields.Boolean(allow_none=True, truthy={True}, falsy={False})
    website = fields.String(allow_none=True)


@dataclass(frozen=True, slots=True)
class FormProblem:
    """A field that is not as described, the remedy, and the value as sent (private)."""

    field: str
    remedy: str
    value: str

    def kept(self) -> tuple[FieldProblem, str]:
        """As the reception takes it."""
        return FieldProblem(field=self.field, remedy=self.remedy), self.value

    def told(self) -> str:
        """The remedy as its sender is told it."""
        return told(*self.kept()).remedy


def problems_of(form: Schema, sent: Mapping[str, Any]) -> list[FormProblem]:
    """Every field of ``sent`` that is not as ``form`` describes it; the first fifty."""
    try:
        form.load(dict(sent))
    except ValidationError as error:
        found = field_errors(error)
    else:
        return []
    return [
        FormProblem(_name(path), _remedy(texts), _value_at(sent, path))
        for path, texts in sorted(found.items())[:_MOST_PROBLEMS]
    ]


def dates_ahead(form: Schema, sent: Mapping[str, Any], now: datetime) -> list[FormProblem]:
    """The fields of ``sent`` that tell of something past, and hold a time that is yet to come."""
    try:
        values = form.load(dict(sent))
    except ValidationError as error:
        values = error.valid_data
    found = [(path, _reached(values, path)) for path in _PAST]
    return [
        FormProblem(path, "is in the future; correct it, or leave it out", _value_at(sent, path))
        for path, value in found
        if isinstance(value, date) and _is_ahead(value, now)
    ]


def _is_ahead(value: date, now: datetime) -> bool:
    if isinstance(value, datetime):
        return value > now + _WRONG_CLOCK
    return value > latest_day(now)


def has_content(sent: Mapping[str, Any]) -> bool:
    """Whether anything in ``sent`` could be a request: words, a decision, or a person."""
    return any(
        _says(sent.get(name)) for name in ("message", "asks", "decision", "person", "measure")
    )


def _says(value: object) -> bool:
    """Is there anything in it but blanks?"""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Mapping):
        return any(map(_says, value.values()))
    if isinstance(value, list):
        return any(map(_says, value))
    return value is not None


def _name(path: str) -> str:
    readable = path.encode("utf-8", "replace").decode("utf-8").replace("\0", "�")
    return readable[:_LONGEST_NAME]


def _remedy(texts: list[str]) -> str:
    return "; ".join(_UNKNOWN if text.startswith("unknown field") else text for text in texts)[:500]


def _reached(sent: object, path: str) -> object:
    """What stands in ``sent`` at ``path``; None if it does not go so far."""
    value = sent
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _value_at(sent: object, path: str) -> str:
    text = str(_reached(sent, path) or "")[:_LONGEST_VALUE]
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "�")
