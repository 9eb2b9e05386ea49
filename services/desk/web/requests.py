"""« Demandes »: the lists, and one request with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.desk.application import correction
from services.desk.application.original import Original, originals
from services.desk.application.understanding import Understanding, understanding
from services.desk.domain import french
from services.desk.domain.looking import LookedFor, looked_for
from services.desk.domain.rows import MOST_FOUND, RequestRow, View
from services.desk.domain.viewer import Access, Viewer
from services.desk.web.alerts import AlertPages, waiting
from services.desk.web.base import NOTHING_TRIED, Stop, Tried, page, page_number, redirect
from shared.contracts.vocabulary import URGENCY_LEVELS
from shared.errors import PermanenceError

_FOUND = "/demandes/trouvees"
_LONGEST_SEARCH = 100
_NOT_FOUND = (
    "Rien trouvé",
    "Rien que vous pouvez voir ne porte ces mots. Essayez le nom seul, ou la référence.",
)
TABS = (
    (View.OPEN, "Toutes"),
    (View.DUE, "Pour aujourd’hui"),
    (View.MINE, "Les miennes"),
    (View.TO_READ, "À lire par une personne"),
    (View.TO_ACCEPT, "À accepter"),
    (View.ONGOING, "En cours"),
    (View.URGENT, "Urgentes"),
    (View.CLOSED, "Terminées"),
    (View.AUTOMATIC, "Automatiques"),
)
_HEADINGS: Mapping[View, str] = {
    View.OPEN: "Demandes ouvertes",
    View.DUE: "Pour aujourd’hui",
    View.MINE: "Mes demandes",
    View.TO_READ: "À lire par une personne",
    View.TO_ACCEPT: "À accepter",
    View.ONGOING: "En cours",
    View.URGENT: "Demandes urgentes",
    View.CLOSED: "Demandes terminées",
    View.AUTOMATIC: "Messages automatiques",
}
_LEADS: Mapping[View, str] = {
    View.OPEN: "Les plus urgentes d’abord, puis celles dont la réponse est attendue le plus tôt.",
    View.DUE: "Un danger attend, une réponse promise tombe aujourd’hui ou est en retard, une "
    "réponse est revenue, une échéance tombe d’ici trois jours, court depuis une date inconnue ou "
    "est dépassée. Une échéance court aussi après la réponse.",
    View.MINE: "Celles que vous avez acceptées.",
    View.TO_READ: "Il y manque quelque chose, ou un doute demeure : une personne doit les lire.",
    View.TO_ACCEPT: "Elles attendent que quelqu’un les prenne. Sans réponse sous deux jours "
    "ouvrés, elles remontent à la coordination.",
    View.ONGOING: "Quelqu’un s’en occupe.",
    View.URGENT: "Un danger, une rétention, ou un délai de moins de dix jours.",
    View.CLOSED: "Répondues, closes ou doublons ; les plus récentes d’abord. Une demande dont la "
    "réponse est revenue reste ouverte.",
    View.AUTOMATIC: "Réponses automatiques, retours de courrier, lettres d’information : gardés, "
    "sans réponse à faire.",
}
_EMPTY: Mapping[View, tuple[str, str]] = {
    View.OPEN: ("Rien à traiter", "Aucune demande ouverte pour vous en ce moment."),
    View.DUE: (
        "Rien pour aujourd’hui",
        "Ni danger, ni réponse promise, ni échéance d’ici trois jours.",
    ),
    View.MINE: ("Rien à vous", "Vous n’avez accepté aucune demande en ce moment."),
    View.TO_READ: ("Tout est lu", "Aucune demande n’attend d’être lue par une personne."),
    View.TO_ACCEPT: ("Rien à accepter", "Toutes les demandes ont quelqu’un."),
    View.ONGOING: ("Rien en cours", "Personne n’a encore accepté de demande."),
    View.URGENT: ("Pas d’urgence", "Aucune demande urgente en ce moment."),
    View.CLOSED: ("Rien de terminé", "Les demandes closes apparaîtront ici."),
    View.AUTOMATIC: ("Aucun message automatique", "Ils apparaîtront ici, sans jamais être perdus."),
}


class RequestPages(AlertPages):
    """/demandes and /demandes/<id>."""

    @page("GET", "/demandes")
    def requests(self, request: Request) -> Response:
        viewer = self.sees_people(request)
        view = _view(request.args.get("vue"))
        number = page_number(request)
        today = self.site.today()
        rows = self.site.lists.requests(viewer, view, today=today, page=number)
        listed = self.listed(rows, number, f"/demandes?vue={view.value}")
        counts = self.site.lists.counts(viewer, today=today)
        return self._list(
            request,
            viewer,
            "inbox",
            listed,
            heading=_HEADINGS[view],
            lead=_LEADS[view],
            empty=_EMPTY[view],
            view=view,
            counts=counts,
            here=f"/demandes?vue={view.value}",
            total=counts[view],
        )

    @page("POST", "/demandes/chercher")
    def find(self, request: Request) -> Response:
        """The words are not kept, and no address holds them: only what was found is kept."""
        form = self.form(request)
        viewer = self.sees_people(request)
        wanted = looked_for(form.get("cherche", "")[:_LONGEST_SEARCH])
        if path := self._followed(viewer, wanted):
            return redirect(path)
        ids = self.site.lists.find(viewer, wanted) if wanted.enough else []
        self.site.doors.keep_found(request.cookies[self.site.cookie], ids)
        return redirect(_FOUND)

    def _followed(self, viewer: Viewer, wanted: LookedFor) -> str | None:
        """The page of the case or deadline that a reference names; None of a request's."""
        site = self.site
        if wanted.reference and wanted.letter == "S":
            for case in site.follow_up.cases_called(viewer, wanted.reference, now=site.clock.now()):
                return f"/suivis/{case.case_id}"
        if wanted.reference and wanted.letter == "E":
            for deadline in site.follow_up.deadlines_called(viewer, wanted.reference):
                return f"/echeances/{deadline.deadline_id}"
        return None

    @page("GET", "/demandes/chercher")
    def find_again(self, request: Request) -> Response:
        return redirect(_FOUND)

    @page("GET", _FOUND)
    def found(self, request: Request) -> Response:
        """What the last search found, as far as this person may see it."""
        viewer = self.sees_people(request)
        number = page_number(request)
        ids = self.site.doors.found(request.cookies[self.site.cookie])
        rows = self.site.lists.found(viewer, ids, page=number)
        lead = "Celles qui sont ouvertes d’abord. Une recherche ne garde pas les mots cherchés."
        if len(ids) >= MOST_FOUND:
            lead = f"Il y en a plus de {MOST_FOUND} : ajoutez un mot pour les distinguer."
        return self._list(
            request,
            viewer,
            "search",
            self.listed(rows, number, _FOUND),
            heading="Demandes trouvées",
            lead=lead,
            empty=_NOT_FOUND,
            view=None,
            counts=self.site.lists.counts(viewer, today=self.site.today()),
            here=f"{_FOUND}?",
            total=len(ids),
        )

    def _list(
        self,
        request: Request,
        viewer: Viewer,
        what: str,
        listed: Mapping[str, Any],
        *,
        lead: str,
        **told: Any,
    ) -> Response:
        """A page of rows, once it is recorded whose names are shown."""
        shown = listed["rows"]
        named = (row.request_id for row in shown if row.named or row.requester)
        self.shown(viewer, what, "request", *named)
        return self.render(
            request,
            "requests.html",
            viewer=viewer,
            lead=french.unbroken(lead),
            tabs=TABS,
            **listed,
            **told,
            informed={row.request_id for row in shown if access(viewer, row) is not Access.FULL},
            places=self.places(),
            names=self.site.lists.volunteers(viewer),
        )

    @page("GET", "/demandes/<uuid:request_id>")
    def request_page(self, request: Request, request_id: UUID) -> Response:
        viewer, row = self.seen_request(request, request_id)
        return self.show_request(request, viewer, row)

    def seen_request(self, request: Request, request_id: UUID) -> tuple[Viewer, RequestRow]:
        """Who looks, and the request, if they may see something of it."""
        viewer = self.sees_people(request)
        row = self.site.lists.request(viewer, request_id)
        if row is None:
            raise Stop(self.error(request, 404, viewer=viewer))
        if access(viewer, row) is Access.NONE:
            raise Stop(self.error(request, 403, viewer=viewer))
        return viewer, row

    def full_request(self, request: Request, request_id: UUID) -> tuple[Viewer, RequestRow]:
        """As ``seen_request``, for whoever may also act."""
        viewer, row = self.seen_request(request, request_id)
        if access(viewer, row) is not Access.FULL:
            raise Stop(self.error(request, 403, viewer=viewer))
        return viewer, row

    def show_request(
        self,
        request: Request,
        viewer: Viewer,
        row: RequestRow,
        *,
        status: int = 200,
        values: correction.Values | None = None,
        problems: Mapping[str, str] | None = None,
        tried: Tried = NOTHING_TRIED,
    ) -> Response:
        """The page; ``values`` and ``problems`` are those of a correction that did not pass,
        ``tried`` is any other form that did not."""
        full = access(viewer, row) is Access.FULL
        self.shown(viewer, "request" if full else "request_summary", "request", row.request_id)
        places = self.places()
        told = self.told(row.request_id) if full else None
        now = correction.shown(told.told, places) if told else {}
        links = self.links(viewer, told)
        linked = (one["request_id"] for one in links if one["row"] and one["row"].named)
        self.shown(viewer, "request_link", "request", *linked)
        state = str(told.told["state"]) if told else row.state
        alerts = self.site.lists.alerts(viewer, row.request_id)
        return self.render(
            request,
            "request.html",
            viewer=viewer,
            status=status,
            row=row,
            full=full,
            told=told,
            gravest=gravest(row.urgency, told.told.get("urgency") if told else None),
            state=state,
            assigned=self.assigned(row) if full else None,
            originals=self._originals(row.request_id) if full and told else None,
            links=links,
            deadlines=self.site.follow_up.deadlines_about(viewer, row.request_id),
            cases=self.site.follow_up.cases_of(viewer, row.request_id, now=self.site.clock.now()),
            alerts=alerts,
            waiting=waiting(alerts) if full else [],
            tried=tried,
            places=places,
            all_places=self.site.lists.places() if full else [],
            units=self._units(viewer),
            names=self.site.lists.volunteers(viewer),
            values=values or now,
            seen=correction.packed(now),
            problems=problems or {},
        )

    def told(self, request_id: UUID) -> Understanding | None:
        """What intake tells; None if it does not answer, and the page says so."""
        try:
            told = self.site.owners.ask("intake", "describe_request", request_id=str(request_id))
        except PermanenceError:
            return None
        return understanding(told, self.places())

    def assigned(self, row: RequestRow) -> Mapping[str, Any]:
        """The assignment as routing tells it now, else as the desk last heard of it."""
        heard = {
            "unit": row.unit,
            "state": row.assignment_state,
            "holder": row.volunteer_id,
            "fresh": False,
        }
        try:
            told = self.site.owners.ask(
                "routing", "describe_assignment", request_id=str(row.request_id)
            )
        except PermanenceError:
            return heard
        return heard if told is None else {**told, "fresh": True}

    def _originals(self, request_id: UUID) -> list[Original] | None:
        try:
            return originals(self.site.owners.ask, str(request_id))
        except PermanenceError:
            return None

    def links(self, viewer: Viewer, told: Understanding | None) -> list[dict[str, Any]]:
        """Links to earlier requests: suggested or confirmed, with what may be seen of them."""
        found = {
            (one["kind"], one["request_id"]): {"certain": one["certain"], "confirmed": False}
            for one in (told.facts.get("links") or () if told else ())
        }
        for one in told.told.get("links") or () if told else ():
            found[one["kind"], one["request_id"]] = {"certain": True, "confirmed": True}
        rows = self.site.lists.requests_among(viewer, [UUID(to) for _, to in found])
        return [
            {"kind": kind, "request_id": UUID(to), "row": rows.get(UUID(to)), **how}
            for (kind, to), how in found.items()
        ]

    def _units(self, viewer: Viewer) -> list[tuple[str, str]]:
        """(unit, words): to whom a request may be given."""
        places = self.places()
        units = ["desk", "coordination"]
        units += [f"team:{code}" for code in self.site.lists.active_teams(viewer)]
        return [(unit, french.unit(unit, places)) for unit in units]


def gravest(*urgencies: str | None) -> str:
    """The gravest urgency of those given: the list shows the graver of intake's and routing's."""
    return next(one.value for one in reversed(URGENCY_LEVELS) if one.value in urgencies)


def access(viewer: Viewer, row: RequestRow) -> Access:
    """What the viewer may see and do of the request."""
    return viewer.access_to(row.unit, row.informed)


def _view(asked: str | None) -> View:
    try:
        return View(asked or View.OPEN)
    except ValueError:
        return View.OPEN
