"""How a command reaches the system: one in this process, one that runs, or a deployed one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import typer

from services.host.embedded import DEFAULT_FOLDER, EmbeddedSystem, running
from shared.errors import Refused, Unavailable
from shared.messaging import call, from_wire_error
from shared.settings import Environment

Embedded = Annotated[
    bool,
    typer.Option("--embedded", help="Start a system in this process for this command alone."),
]
Data = Annotated[Path, typer.Option(help="The data folder of `permanence run` and --embedded.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]

CALL_SECONDS = 60.0
# A system that lives for one command alerts nobody and shows no page.
QUIET = ("intake", "routing", "followup")


class Calls(Protocol):
    """Calls a method of a service and waits for its answer."""

    def __call__(self, service: str, method: str, /, **arguments: Any) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class System:
    """A system that a command works on: its services by ``call``, its databases by settings."""

    call: Calls
    environment: Environment


class NoSystem(Refused):
    """Nothing runs, and nothing says where something does."""

    code = "cli.no_system"


@contextmanager
def system(
    *, embedded: bool, data: Path = DEFAULT_FOLDER, names: tuple[str, ...] = QUIET
) -> Iterator[System]:
    """The system to work on, by this order: ``--embedded``, the environment, ``permanence run``.

    ``names`` are the services that ``--embedded`` starts.
    Raises NoSystem with the remedy when there is none.
    """
    if embedded:
        with running(EmbeddedSystem(folder=data, names=names)) as started:
            yield System(
                call=_by_broker(started.environment["PERMANENCE_AMQP_URI"]),
                environment=Environment(),
            )
        return
    env = Environment()
    if uri := env.get("AMQP_URI"):
        yield System(call=_by_broker(uri), environment=env)
        return
    facts = _announced(data)
    yield System(
        call=_by_gateway(facts["gateway"], facts["token"]),
        environment=Environment({**os.environ, **facts["environment"]}),
    )


def _announced(data: Path) -> Mapping[str, Any]:
    path = data / "system.json"
    if not path.exists():
        raise NoSystem(
            f"system: none runs on {data}; start one with `permanence run`, use --embedded, "
            "or set PERMANENCE_AMQP_URI and the DSNs of a deployed one"
        )
    facts: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


def _by_broker(uri: str) -> Calls:
    def ask(service: str, method: str, /, **arguments: Any) -> Any:
        return call(uri, service, method, arguments, timeout_seconds=CALL_SECONDS)

    return ask


def _by_gateway(address: str, token: str) -> Calls:
    def ask(service: str, method: str, /, **arguments: Any) -> Any:
        request = Request(  # noqa: S310 - the address is our own, on this machine
            f"{address}/rpc/{service}/{method}",
            data=json.dumps(arguments).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urlopen(request, timeout=CALL_SECONDS) as answer:  # noqa: S310 - as above
                return json.load(answer)
        except HTTPError as error:
            value = error.read().decode("utf-8", "replace")
            raise from_wire_error({"value": value}, service=service, method=method) from None
        except (URLError, OSError):
            raise Unavailable(
                "system: the one announced does not answer; start it anew with `permanence run`"
            ) from None

    return ask
