"""Intake at the edge: RPC and HTTP in, use cases behind. No rule and no SQL here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from prometheus_client.core import Metric
from werkzeug.wrappers import Request, Response

from services.intake import wiring
from services.intake.adapters.http_api import answered
from services.intake.adapters.spool_families import spool_families
from services.intake.adapters.spool_watch import SpoolWatch
from services.intake.adapters.spooled import forget_mail
from services.intake.application import arguments
from services.intake.application import erase as erasing
from services.intake.application import handle as handling
from services.intake.application.command_forms import read_command, read_uuid
from services.intake.application.correct import amend_request, correct_request
from services.intake.application.door import check_register, submitted
from services.intake.application.hear_followup import HEARD_FOLLOWUP, hear_followup
from services.intake.application.hear_routing import HEARD_TYPES, hear_routing
from services.intake.application.known import stage_known
from services.intake.application.paper_forms import letter_text, phone_text, referral_text
from services.intake.application.receive import receive
from services.intake.application.tell import (
    describe,
    load_request,
    told_original,
    told_part,
    told_receipt,
    told_row,
)
from services.intake.projections import inbox
from shared.contracts import codecs
from shared.contracts.intake.events import MAIN_REGISTER
from shared.errors import Refused
from shared.eventstore import Connection, UnitOfWork
from shared.messaging import Delivered, EventRelay, LogAccess, command, subscribe
from shared.postgres import connected
from shared.service import Parts, ServiceParts
from shared.watch.readiness import Reason
from shared.web import Health
from shared.web_server import http


class IntakeService(LogAccess, Health):
    """Requests from every channel: received, read, corrected, answered, closed."""

    name = "intake"
    open_parts = staticmethod(wiring.open_parts)
    parts: ServiceParts = Parts()
    relay = EventRelay()
    mail = SpoolWatch()

    @property
    def intake(self) -> wiring.IntakeParts:
        own: wiring.IntakeParts = self.parts.extra["intake"]
        return own

    # Items in

    @command
    def submit(
        self,
        channel: str,
        raw: str | None = None,
        raw_base64: str | None = None,
        register: str = MAIN_REGISTER,
        external_id: str | None = None,
        received_at: str | None = None,
        command_id: str | None = None,
    ) -> dict[str, Any]:
        """Take in an item in its raw form, as text or, byte for byte, as base64.

        ``{"request_id", "state", "repeated", "problems": [{"field", "remedy"}]}``.
        """
        arrival = submitted(
            channel=channel,
            raw=arguments.raw_bytes(raw, raw_base64),
            register=register,
            external_id=external_id,
            received_at=arguments.instant(received_at),
            fallback_id=arguments.id_or_none(command_id) or uuid4(),
            clock=self.parts.clock,
            most_bytes=self.intake.settings.most_bytes,
        )
        return told_receipt(receive(arrival, desk=self.intake.desk))

    @command
    def record_letter(
        self,
        envelope: dict[str, Any] | None = None,
        transcription: str = "",
        raw: str | None = None,
        transcribed_by: str | None = None,
        register: str = MAIN_REGISTER,
        by: str | None = None,
        command_id: str | None = None,
    ) -> dict[str, Any]:
        """Record a letter: its envelope's facts and transcription, or ``raw`` in one piece."""
        text = raw or letter_text(envelope or {}, transcription, transcribed_by)
        return self._recorded("letter", text, register, by, command_id)

    @command
    def record_phone_note(
        self,
        call: dict[str, Any] | None = None,
        note: str = "",
        raw: str | None = None,
        register: str = MAIN_REGISTER,
        by: str | None = None,
        command_id: str | None = None,
    ) -> dict[str, Any]:
        """Record a call or a voicemail: its facts and a note, or ``raw`` in one piece."""
        text = raw or phone_text(call or {}, note)
        return self._recorded("phone", text, register, by, command_id)

    @command
    def record_referral(
        self,
        heading: dict[str, Any] | None = None,
        sheet: str = "",
        raw: str | None = None,
        register: str = MAIN_REGISTER,
        by: str | None = None,
        command_id: str | None = None,
    ) -> dict[str, Any]:
        """Record a referral sheet: its heading and lines, or ``raw`` in one piece."""
        text = raw or referral_text(heading or {}, sheet)
        return self._recorded("referral", text, register, by, command_id)

    @command
    def stage_known(self, register: str, known: list[dict[str, Any]]) -> dict[str, str]:
        """Import requests known elsewhere: ``{alias: request id}``."""
        check_register(register)
        staged = stage_known(
            register,
            list(known),
            streams=self.parts.streams,
            fingerprint=self.intake.desk.fingerprint,
        )
        return {alias: str(request_id) for alias, request_id in staged.items()}

    # What the desk does with a request

    @command
    def correct_request(
        self, request_id: str, fields: dict[str, Any], by: str, command_id: str | None = None
    ) -> dict[str, Any]:
        """Complete a request that waits for review; returns it as ``describe_request`` does."""
        corrected = correct_request(
            read_uuid("request_id", request_id),
            fields,
            by=by,
            streams=self.parts.streams,
            metadata={"actor": by},
            command_id=arguments.id_or_none(command_id),
        )
        return describe(corrected)

    @command
    def amend_request(
        self, request_id: str, fields: dict[str, Any], by: str, command_id: str | None = None
    ) -> dict[str, Any]:
        """Correct a finding of a request that waits for no review; its state stays."""
        amended = amend_request(
            read_uuid("request_id", request_id),
            fields,
            by=by,
            streams=self.parts.streams,
            metadata={"actor": by},
            command_id=arguments.id_or_none(command_id),
        )
        return describe(amended)

    @command
    def mark_duplicate(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``duplicate_of``, ``by``, ``command_id``."""
        return self._handled("mark_duplicate", request_id, payload)

    @command
    def unmark_duplicate(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``by``, ``command_id``."""
        return self._handled("unmark_duplicate", request_id, payload)

    @command
    def wait_for(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``waiting_for``, ``by``, ``command_id``."""
        return self._handled("wait_for", request_id, payload)

    @command
    def resume_request(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``by``, ``command_id``."""
        return self._handled("resume_request", request_id, payload)

    @command
    def send_reply(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``way``, ``sent_on``, ``by``, ``command_id``."""
        return self._handled("send_reply", request_id, payload)

    @command
    def close_request(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``outcome``, ``by``, ``command_id``."""
        return self._handled("close_request", request_id, payload)

    @command
    def reopen_request(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``reason``, ``by``, ``command_id``."""
        return self._handled("reopen_request", request_id, payload)

    @command
    def change_urgency(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``urgency``, ``reason``, ``by``, ``command_id``."""
        return self._handled("change_urgency", request_id, payload)

    @command
    def link_request(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``kind``, ``linked_to``, ``by``, ``command_id``."""
        return self._handled("link_request", request_id, payload)

    @command
    def record_consent(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``given_on``, ``scope``, ``addressee``, ``by``, ``command_id``."""
        return self._handled("record_consent", request_id, payload)

    @command
    def withdraw_consent(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``withdrawn_on``, ``by``, ``command_id``."""
        return self._handled("withdraw_consent", request_id, payload)

    @command
    def note_danger_handled(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``noted_on``, ``by``, ``command_id``."""
        return self._handled("note_danger_handled", request_id, payload)

    @command
    def explain_near_day(self, request_id: str, **payload: Any) -> dict[str, Any]:
        """``reason`` why a near day starts no clock, ``by``, ``command_id``."""
        return self._handled("explain_near_day", request_id, payload)

    @command
    def erase_person(self, person_id: str, by: str, reason: str) -> bool:
        """Destroy the person's key, for good; False if that had been done before."""
        return erasing.erase_person(
            read_uuid("person_id", person_id),
            by=by,
            reason=reason,
            streams=self.parts.streams,
            keyring=self.parts.keyring,
            metadata={"actor": by},
        )

    @command
    def forget_mail(self, person_id: str, dry_run: bool = False) -> dict[str, Any]:
        """Delete the person's mails from the spool, for good, or only count them; tell what lies
        there of nobody known: ``{"deleted", "unknown": [{"folder", "count", "until"}]}``."""
        return forget_mail(
            self.intake.spooled,
            read_uuid("person_id", person_id),
            keep_hours=self.intake.settings.keep_hours,
            dry_run=dry_run,
        )

    # What the desk looks at

    @command
    def describe_request(self, request_id: str) -> dict[str, Any]:
        """Everything known of one request, with the words that justify each finding."""
        wanted = read_uuid("request_id", request_id)
        told = describe(load_request(wanted, self.parts.streams))
        row = inbox.one_request(self.parts.pool, wanted) or {}
        return told | {name: told_row(row).get(name) for name in ("alias", "channel")}

    @command
    def list_requests(
        self,
        register: str = MAIN_REGISTER,
        attention: bool = False,
        before: list[str] | None = None,
        limit: int = 50,
        **filters: str | None,
    ) -> list[dict[str, Any]]:
        """Rows, newest first; filters: state, unit, channel, urgency, establishment.

        ``before``: [received_at, request_id] of the last row seen; ``attention``: only what a
        person must look at.
        """
        rows = inbox.list_requests(
            self.parts.pool,
            register=register,
            filters=filters,
            attention=attention,
            before=arguments.cursor(before),
            limit=limit,
        )
        return [told_row(row) for row in rows]

    @command
    def count_requests(self, register: str = MAIN_REGISTER) -> dict[str, int]:
        """How many requests are in each state."""
        return inbox.count_by_state(self.parts.pool, register)

    @command
    def list_originals(self, request_id: str) -> list[dict[str, Any]]:
        """The raw items of a request, first to arrive first: sha256, size, parts to fetch."""
        wanted = read_uuid("request_id", request_id)
        with connected(self.parts.pool) as connection:
            found = self.intake.originals.of(connection, wanted)
        return [told_original(one) for one in found]

    @command
    def get_original(self, request_id: str, sha256: str | None = None, part: int = 0) -> Any:
        """One part (a MiB at most) of a raw item: ``{"part", "part_count", "content_base64", …}``.

        ``content_base64`` is None once the person is erased.
        """
        wanted = read_uuid("request_id", request_id)
        with connected(self.parts.pool) as connection:
            found = self.intake.originals.of(connection, wanted)
            chosen = next((one for one in found if sha256 in (None, one.sha256)), None)
            if chosen is None or not 0 <= part < chosen.part_count:
                raise Refused("request_id, sha256, part: no such original; see list_originals")
            content = self.intake.originals.part(connection, wanted, chosen, part)
        return told_part(chosen, part, content)

    @command
    def failed_mail(self) -> list[str]:
        """Names of the e-mails in ``failed/`` that a person must look at on the disk."""
        return self.mail.spool.set_aside_names() if self.mail else []

    def own_metrics(self, connection: Connection) -> Iterable[Metric]:
        """How much mail waits or was set aside, if this intake reads any."""
        return spool_families(self.mail, datetime.now(UTC)) if self.mail else ()

    def own_warnings(self) -> Iterable[Reason]:
        """Whether mail lies in the spool that cannot be read; all else is taken in."""
        since = self.mail.unreadable_since if self.mail else None
        return [Reason(code="spool.unreadable", since=since)] if since else []

    # What routing tells

    @subscribe("routing", only=HEARD_TYPES, codec=codecs.ROUTING)
    def on_routing(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        """Note who answers for what."""
        hear_routing(batch, unit)

    # What follow-up tells

    @subscribe("followup", only=HEARD_FOLLOWUP, codec=codecs.FOLLOWUP)
    def on_followup(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        """Let urgency follow the deadlines that people set, and those that draw near."""
        hear_followup(batch, unit)

    # HTTP

    @http("POST", "/v1/requests")
    def post_request(self, request: Request) -> Response:
        return answered(lambda: self.intake.http.post_request(request))

    @http("GET", "/v1/requests/<string:request_id>")
    def get_request(self, request: Request, request_id: str) -> Response:
        return answered(lambda: self.intake.http.get_request(request, request_id))

    @http("POST", "/v1/web-form")
    def post_web_form(self, request: Request) -> Response:
        return answered(lambda: self.intake.http.post_web_form(request))

    def _recorded(
        self, channel: str, text: str, register: str, by: str | None, command_id: str | None
    ) -> dict[str, Any]:
        """One request of what a person typed in; the same command with other words is refused."""
        key = None if command_id is None else f"command:{read_uuid('command_id', command_id)}"
        arrival = submitted(
            channel=channel,
            raw=text.encode("utf-8", "replace"),
            register=register,
            external_id=key,
            received_at=None,
            fallback_id=uuid4(),
            clock=self.parts.clock,
            most_bytes=self.intake.settings.most_bytes,
        )
        once = replace(arrival, recorded_by=by, arrival_id=key, refuse_other_content=True)
        return told_receipt(receive(once, desk=self.intake.desk))

    def _handled(self, name: str, request_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        sent = dict(payload)
        command_id = arguments.id_or_none(sent.pop("command_id", None))
        handled = handling.handle(
            read_uuid("request_id", request_id),
            read_command(name, sent),
            streams=self.parts.streams,
            metadata={"actor": str(sent.get("by", ""))},
            command_id=command_id,
        )
        return describe(handled)
