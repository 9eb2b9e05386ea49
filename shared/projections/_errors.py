"""Why a read model is not rebuilt, swapped or brought back."""

from __future__ import annotations

from shared.errors import Conflict, Refused, Unavailable


class RebuildRunning(Conflict):
    """Somebody else rebuilds the same model at this moment."""

    code = "projections.rebuild_running"

    def __init__(self, service: str, model: str) -> None:
        super().__init__(
            f"projection: {service}.{model} is being rebuilt already; wait until that is done"
        )


class Differs(Refused):
    """The rebuilt tables are not those that are live, and nobody has accepted that yet."""

    code = "projections.differs"

    def __init__(self, service: str, model: str, rows: int) -> None:
        super().__init__(
            f"projection: {service}.{model} differs from the live one in {rows} rows; look at them "
            "with `permanence drift`, then swap with --accept-differences or drop with --cancel"
        )


class NothingKept(Refused):
    """There are no previous tables to go back to."""

    code = "projections.nothing_kept"

    def __init__(self, service: str, model: str) -> None:
        super().__init__(
            f"projection: no previous tables of {service}.{model} are kept; "
            "a rebuild keeps those that it replaces"
        )


class DoesNotFit(Refused):
    """Tables that cannot take the live ones' place."""

    code = "projections.does_not_fit"

    def __init__(self, service: str, table: str, why: str, remedy: str) -> None:
        super().__init__(f"projection: {service}.{table} {why}; {remedy}")


class OtherCode(DoesNotFit):
    """A copy that was begun with other code: half of it would be as that code has it."""

    code = "projections.other_code"

    def __init__(self, service: str, model: str) -> None:
        super().__init__(
            service,
            model,
            "was begun with other code than this",
            "drop the copy with --cancel and begin anew",
        )


class AheadOfLive(Conflict):
    """The live model was taken back to before the copy's position."""

    code = "projections.ahead_of_live"

    def __init__(self, service: str, model: str) -> None:
        super().__init__(
            f"projection: the copy of {service}.{model} has read further than the live "
            "model, whose checkpoint was set back; drop the copy with --cancel and rebuild anew"
        )


class TablesBusy(Unavailable):
    """Somebody holds the live tables without a pause."""

    code = "projections.tables_busy"

    def __init__(self, service: str, model: str) -> None:
        super().__init__(
            f"projection: the tables of {service}.{model} are in use without a pause; the copy is "
            "kept, so run the same command again at a quieter moment"
        )
