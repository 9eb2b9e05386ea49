"""What a person may send to correct a request, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from shared.contracts.intake.facts import FoundDeadline, RetentionPlace
from shared.contracts.vocabulary import (
    DeadlineKind,
    JudicialStatus,
    Language,
    Relation,
    ReplyPreference,
    RequesterKind,
    SpecialSituation,
    Topic,
)
from shared.deadlines import kinds_of, rules
from shared.errors import Invalid
from shared.forms import field_errors, named

_CODE = validate.Regexp(
    r"^[a-z]{2,4}-[a-z0-9-]{2,60}\Z",
    error="no code of the directory; send one such as cp-fresnes",
)
_LANGUAGE = validate.OneOf(
    [language.value for language in Language],
    error="no language of the desk's list; send an ISO 639 code such as fr",
)
_LOCAL = validate.Regexp(
    r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?\Z",
    error="send a day (2026-03-10) or a day and hour (2026-03-10T15:00)",
)


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class PartyForm(_Strict):
    """Who wrote; a field left out keeps what was found."""

    given = fields.String(allow_none=True)
    family = fields.String(allow_none=True)
    organisation = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    role = fields.String(allow_none=True)


class PersonForm(_Strict):
    """Who the request is about; a field left out keeps what was found."""

    given = fields.String(allow_none=True)
    family = fields.String(allow_none=True)
    detention_number = fields.String(allow_none=True)
    foreigner_number = fields.String(allow_none=True)
    born_on = fields.Date(allow_none=True)
    nationality = fields.String(allow_none=True, validate=validate.Regexp(r"^[A-Z]{2}\Z"))


class RetentionForm(_Strict):
    """A place of administrative retention."""

    kind = fields.String(required=True, validate=validate.OneOf(["cra", "lra", "za"]))
    name = fields.String(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> RetentionPlace:
        return RetentionPlace(**data)


class DeadlineForm(_Strict):
    """A date that starts or ends a clock; ``trigger_on`` and the like are local days or hours."""

    kind = fields.Enum(DeadlineKind, by_value=True, required=True)
    trigger = fields.String(required=True, validate=validate.Length(1, 200))
    trigger_on = fields.String(load_default=None, allow_none=True, validate=_LOCAL)
    date_on = fields.Date(load_default=None, allow_none=True)
    period_stated = fields.String(load_default=None, allow_none=True)
    rule_candidate = fields.String(load_default=None, allow_none=True)
    prudent = fields.String(load_default=None, allow_none=True, validate=_LOCAL)
    last = fields.String(load_default=None, allow_none=True, validate=_LOCAL)
    zone = fields.String(load_default=None, allow_none=True)
    note = fields.String(load_default=None, allow_none=True)

    @validates_schema
    def rule_goes_with_kind(self, data: dict[str, Any], **_: Any) -> None:
        rule, kind = str(data.get("rule_candidate")), data["kind"]
        if rule in rules() and kind not in kinds_of(rule):
            fit = ", ".join(kinds_of(rule))
            raise ValidationError(f"counts {fit}, not {kind}; change either", "rule_candidate")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FoundDeadline:
        return FoundDeadline(**data)


class CorrectionForm(_Strict):
    """The fields of a request that a person corrects; ``settled`` names what needs no more.

    Urgency is not among them: it changes by ``change_urgency`` alone, with its reason (R40).
    """

    received_on = fields.Date()
    written_on = fields.Date(allow_none=True)
    posted_on = fields.Date(allow_none=True)
    happened_on = fields.Date(allow_none=True)
    requester_kind = fields.Enum(RequesterKind, by_value=True)
    relation = fields.Enum(Relation, by_value=True)
    establishment = fields.String(allow_none=True, validate=_CODE)
    former_establishment = fields.String(allow_none=True, validate=_CODE)
    moved_from = fields.String(allow_none=True, validate=_CODE)
    retention_place = fields.Nested(RetentionForm, allow_none=True)
    judicial_status = fields.Enum(JudicialStatus, by_value=True, allow_none=True)
    language = fields.String(validate=_LANGUAGE)
    person_languages = fields.List(fields.String(validate=_LANGUAGE))
    topics = fields.List(fields.Enum(Topic, by_value=True))
    special_situations = fields.List(fields.Enum(SpecialSituation, by_value=True))
    deadlines = fields.List(fields.Nested(DeadlineForm))
    reply_preference = fields.Enum(ReplyPreference, by_value=True, allow_none=True)
    requester = fields.Nested(PartyForm)
    person_concerned = fields.Nested(PersonForm)
    settled = fields.List(fields.String(validate=validate.Length(1, 200)))


def read_correction(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The corrected fields as domain values; raises ``Invalid`` naming each bad field."""
    try:
        loaded: dict[str, Any] = CorrectionForm().load(dict(sent))
    except ValidationError as error:
        found = field_errors(error)
        raise Invalid(
            f"fields: {named(found)} not understood; "
            f"known fields are {', '.join(CorrectionForm().fields)}",
            found,
        ) from None
    if not loaded:
        raise Invalid("fields: none sent; name at least one, or settle what is missing")
    return loaded
