"""« Échéances »: the list, and one deadline to confirm, correct, drop or note as met."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from services.desk.domain import deadline_days, words
from services.desk.domain.errors import ChangedMeanwhile
from services.desk.domain.rows import DeadlineRow
from services.desk.domain.viewer import Access, Viewer
from services.desk.web.base import (
    NOTHING_TRIED,
    NotFilled,
    Stop,
    Tried,
    command_of,
    page,
    page_number,
    redirect,
    tried,
)
from services.desk.web.requests import RequestPages
from shared.errors import PermanenceError

Form = MultiDict[str, str]

_SERVICE = "followup"
OPEN = "en-cours"
STATES: Mapping[str, Sequence[str]] = {
    OPEN: ("candidate", "running"),
    "depassees": ("missed",),
    "terminees": ("met", "dropped"),
}
_AGAINST = "followup.kind_against_rule"
_TERMS = ("kind", "rule", "trigger_on", "before", "on", *deadline_days.ASKED, deadline_days.MEANT)


class DeadlinePages(RequestPages):
    """/echeances."""

    @page("GET", "/echeances")
    def deadlines(self, request: Request) -> Response:
        viewer = self.sees_people(request)
        view = request.args.get("vue", "")
        view = view if view in STATES else OPEN
        number = page_number(request)
        found = self.site.follow_up.deadlines(viewer, states=STATES[view], page=number)
        listed = self.listed(found, number, f"/echeances?vue={view}")
        rows = listed["rows"]
        counts = self.site.follow_up.deadline_counts(viewer)
        ids = [row.request_id for row in rows if row.request_id]
        seen = self.site.lists.requests_among(viewer, ids)
        named = (one.request_id for one in seen.values() if one.named or one.requester)
        self.shown(viewer, "deadlines", "request", *named)
        return self.render(
            request,
            "deadlines.html",
            viewer=viewer,
            **listed,
            view=view,
            counts={
                name: sum(counts.get(state, 0) for state in states)
                for name, states in STATES.items()
            },
            requests=seen,
            places=self.places(),
        )

    @page("GET", "/echeances/<uuid:deadline_id>")
    def deadline(self, request: Request, deadline_id: UUID) -> Response:
        viewer, row = self._seen_deadline(request, deadline_id)
        return self._show_deadline(request, viewer, row)

    @page("GET", "/echeances/nouvelle")
    def new_deadline(self, request: Request) -> Response:
        if not request.args:
            return redirect("/echeances")
        viewer, belongs = self._belongs(request, request.args)
        return self._deadline_form(request, viewer, belongs)

    @page("POST", "/echeances/nouvelle")
    def set_deadline(self, request: Request) -> Response:
        form = self.form(request)
        viewer, belongs = self._belongs(request, form)
        rules = self._rules()
        payload = {**_fitting(terms_sent(form), rules), **belongs, "register": viewer.register}
        if missing := _missing(form, rules):
            typed = tried("nouvelle", form, missing)
            return self._deadline_form(request, viewer, belongs, typed)
        try:
            made = self.site.owners.tell(
                _SERVICE,
                "set_deadline",
                by=viewer.volunteer_id,
                command_id=command_of(form),
                **payload,
            )
        except PermanenceError as error:
            typed = self._tried("nouvelle", form, error)
            return self._deadline_form(request, viewer, belongs, typed)
        self.hear_of_it(_SERVICE)
        return redirect(f"/echeances/{made['deadline_id']}", fait="nouvelle")

    @page("GET", "/echeances/<uuid:deadline_id>/<string:action>")
    def deadline_after_action(self, request: Request, deadline_id: UUID, action: str) -> Response:
        """Where a form that did not pass was shown again, opened anew."""
        return redirect(f"/echeances/{deadline_id}")

    @page("POST", "/echeances/<uuid:deadline_id>/<string:action>")
    def deadline_action(self, request: Request, deadline_id: UUID, action: str) -> Response:
        form = self.form(request)
        viewer, row = self._seen_deadline(request, deadline_id)
        if _access(viewer, row) is not Access.FULL:
            return self.error(request, 403, viewer=viewer)
        now = self._now(row)[0]
        common = {
            "deadline_id": str(deadline_id),
            "by": viewer.volunteer_id,
            "command_id": command_of(form),
        }
        back = f"/echeances/{deadline_id}"
        said = " ".join(form.get("mots", "").split())[:500]

        def again(error: NotFilled | PermanenceError) -> Response:
            typed = self._tried(action, form, error)
            return self._show_deadline(request, viewer, row, status=422, tried=typed)

        if form.get("vu") != shown_as(now) and not (action == "corriger" and asks(form, now)):
            return again(ChangedMeanwhile())
        rules = self._rules() if action == "corriger" else []
        match action:
            case "tenue" | "sans-objet" if not said:
                return again(NotFilled(["mots"]))
            case "corriger" if missing := _missing(form, rules):
                return again(missing)
            case "confirmer":
                done, method, payload = "confirmer", "confirm_deadline", {}
            case "tenue":
                done, method, payload = "tenue", "meet_deadline", {"proof": said}
            case "sans-objet":
                done, method, payload = "sans-objet", "drop_deadline", {"reason": said}
            case "corriger":
                done, method, payload = (
                    "corrigee",
                    "correct_deadline",
                    _fitting(corrected(form, now), rules),
                )
            case _:
                return self.error(request, 404, viewer=viewer)
        about = self._people(viewer, row) if said else []
        return self.act(back, done, _SERVICE, method, again=again, about=about, **common, **payload)

    def _people(self, viewer: Viewer, row: DeadlineRow) -> list[str | None]:
        """The names of whom a deadline is about, as far as the viewer may see them."""
        names: list[str | None] = []
        if row.request_id and (request := self.site.lists.request(viewer, row.request_id)):
            names += [request.given, request.family]
        now = self.site.clock.now()
        if row.case_id and (case := self.site.follow_up.case(viewer, row.case_id, now=now)):
            names += [case.given, case.family]
        return names

    def _seen_deadline(self, request: Request, deadline_id: UUID) -> tuple[Viewer, DeadlineRow]:
        viewer = self.sees_people(request)
        row = self.site.follow_up.deadline(viewer, deadline_id)
        if row is None:
            raise Stop(self.error(request, 404, viewer=viewer))
        return viewer, row

    def _show_deadline(
        self,
        request: Request,
        viewer: Viewer,
        row: DeadlineRow,
        *,
        status: int = 200,
        tried: Tried = NOTHING_TRIED,
    ) -> Response:
        deadline, fresh = self._now(row)
        seen = self.site.lists.requests_among(viewer, [row.request_id] if row.request_id else [])
        if row.request_id in seen:
            self.shown(viewer, "deadline", "request", row.request_id)
        full = _access(viewer, row) is Access.FULL
        read = self.told(row.request_id) if full and row.request_id else None
        return self.render(
            request,
            "deadline.html",
            viewer=viewer,
            status=status,
            tried=tried,
            deadline=deadline,
            fresh=fresh,
            shown_as=shown_as(deadline),
            known=_form_of(deadline),
            full=full,
            read=[fact for kind, fact in read.dates if kind == deadline.kind] if read else [],
            about=seen.get(row.request_id) if row.request_id else None,
            rules=self._rules() or [],
            names=self.site.lists.volunteers(viewer),
        )

    def _now(self, row: DeadlineRow) -> tuple[DeadlineRow, bool]:
        """The deadline as follow-up tells it now; (as the desk knows it, False) if it is silent."""
        try:
            told = self.site.owners.ask(_SERVICE, "show_deadline", deadline_id=str(row.deadline_id))
        except PermanenceError:
            return row, False
        return _as_told(row, told), True

    def _belongs(self, request: Request, asked: Mapping[str, str]) -> tuple[Viewer, dict[str, str]]:
        """The request or case that a new deadline is for, if the viewer may act on it."""
        viewer = self.sees_people(request)
        try:
            if asked.get("demande"):
                request_id = UUID(asked["demande"])
                row = self.site.lists.request(viewer, request_id)
                if row and viewer.access_to(row.unit, row.informed) is Access.FULL:
                    return viewer, {"request_id": str(request_id)}
            elif asked.get("suivi"):
                case_id = UUID(asked["suivi"])
                now = self.site.clock.now()
                case = self.site.follow_up.case(viewer, case_id, now=now)
                if case and viewer.access_to("desk", case.informed) is Access.FULL:
                    return viewer, {"case_id": str(case_id)}
        except ValueError:
            pass
        raise Stop(self.error(request, 404, viewer=viewer))

    def _deadline_form(
        self,
        request: Request,
        viewer: Viewer,
        belongs: Mapping[str, str],
        tried: Tried = NOTHING_TRIED,
    ) -> Response:
        return self.render(
            request,
            "deadline_new.html",
            viewer=viewer,
            status=422 if tried.action else 200,
            belongs=belongs,
            tried=tried,
            rules=self._rules() or [],
        )

    def _tried(
        self, action: str, form: Mapping[str, str], error: NotFilled | PermanenceError
    ) -> Tried:
        """As ``tried``; of a nature that the rule does not count, with those that it does; of days
        that cannot be so, with why."""
        typed = tried(action, form, error)
        code, fields = getattr(error, "code", ""), getattr(error, "fields", {})
        if found := deadline_days.problems(code, fields):
            said = words.to_mend(words.form_field(name) for name in found)
            return replace(typed, problems=found, said=said)
        chosen = [one for one in self._rules() or () if one["rule"] == form.get("rule")]
        if code == _AGAINST and chosen:
            said = words.kind_against_rule(form.get("kind", ""), chosen[0])
            return replace(typed, problems={**typed.problems, "kind": said})
        return typed

    def _rules(self) -> list[dict[str, Any]] | None:
        """The rules with the days that each asks for; None while follow-up does not tell."""
        try:
            found: list[dict[str, Any]] = self.site.owners.ask(_SERVICE, "list_rules")
        except PermanenceError:
            return None
        return found


def _fitting(terms: dict[str, Any], rules: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The terms without the days that were typed for another rule than the one chosen; all while
    nobody tells which those are: follow-up checks them."""
    if rules is None:
        return terms
    asked = deadline_days.asked_by(terms.get("rule", ""), rules)
    return {
        name: value
        for name, value in terms.items()
        if name not in deadline_days.ASKED or name in asked
    }


def _missing(
    form: Mapping[str, str], rules: Sequence[Mapping[str, Any]] | None
) -> NotFilled | None:
    """What a deadline's form lacks: a nature, either a rule with its days or a date."""
    sent = terms_sent(form)
    if "kind" not in sent:
        return NotFilled(["kind"])
    if ("rule" in sent) == ("on" in sent):
        return NotFilled(["date"], words.RULE_OR_DATE)
    needed = deadline_days.asked_by(sent.get("rule", ""), rules or (), needed=True)
    lacking = [name for name in needed if name not in sent]
    return NotFilled(lacking, deadline_days.NEEDED) if lacking else None


def terms_sent(form: Mapping[str, str]) -> dict[str, Any]:
    """The terms of a deadline's form, without what was left empty; an hour goes with its day."""
    terms: dict[str, Any] = {
        name: form.get(name, "").strip() for name in _TERMS if form.get(name, "").strip()
    }
    for day, hour in (("trigger_on", "trigger_hour"), ("on", "on_hour")):
        if form.get(hour, "").strip() and day in terms:
            terms[day] += f"T{form[hour].strip()}"
    return terms


def corrected(form: Mapping[str, str], now: DeadlineRow) -> dict[str, Any]:
    """The terms of the form, and what it does not ask for: whose holidays and hour count, unless
    another court is named or another rule, which has its own authority, and the period that the
    text states."""
    terms = terms_sent(form)
    kept = {name: now.terms.get(name) for name in ("zone", "period_stated")}
    other_rule = "rule" in terms and terms["rule"] != now.terms.get("rule")
    if "before" in terms or other_rule:
        del kept["zone"]
    return {name: value for name, value in kept.items() if value} | terms


def shown_as(deadline: DeadlineRow) -> str:
    """What the page says of the deadline, to travel in its forms: nobody settles other terms."""
    rest = (deadline.terms.get(name) for name in ("rule", "trigger_on", "zone"))
    return json.dumps([deadline.kind, deadline.prudent, deadline.last, *rest])


def asks(form: Mapping[str, str], now: DeadlineRow) -> bool:
    """Whether the form asks for what is so already, as one sent twice does."""
    sent, known = terms_sent(form), terms_sent(_form_of(now))
    apart = {"before": "", deadline_days.MEANT: ""}
    return {**sent, **apart} == {**known, **apart}


def _form_of(deadline: DeadlineRow) -> dict[str, str]:
    """The fields of the form that would make these terms."""
    terms = deadline.terms
    by_rule = bool(terms.get("rule"))
    moment = terms.get("trigger_on") if by_rule else deadline.prudent
    day, _, hour = (moment or "").partition("T")
    names = ("trigger_on", "trigger_hour") if by_rule else ("on", "on_hour")
    fields = {"kind": deadline.kind, "rule": terms.get("rule") or ""}
    return fields | dict(zip(names, (day, hour[:5]), strict=True))


def _access(viewer: Viewer, row: DeadlineRow) -> Access:
    return viewer.access_to(row.unit, row.informed)


def _as_told(row: DeadlineRow, told: Mapping[str, Any] | None) -> DeadlineRow:
    """The deadline as follow-up tells it now, where it does."""
    if told is None:
        return row
    return DeadlineRow(
        deadline_id=row.deadline_id,
        register=row.register,
        request_id=row.request_id,
        case_id=row.case_id,
        state=told["state"],
        kind=told["kind"],
        prudent=told["prudent"],
        last=told["last"],
        alert_at=row.alert_at,
        terms=dict(told),
        set_by=told.get("confirmed_by"),
        ending=told.get("ending"),
        unit=row.unit,
        informed=row.informed,
    )
