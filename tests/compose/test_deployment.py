"""The deployed system does what the embedded one does, and bears what deployers do to it."""

from __future__ import annotations

import json
import re
import shutil
import smtplib
import socket
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.compose.deployment import REQUESTS, Deployment, embedded_submit
from tests.support.nothing_lost import assert_nothing_lost
from tests.support.waiting import wait_until

Told = Mapping[str, Mapping[str, Any]]
# After which of the thirty requests which service is killed, each once.
_KILLS = {3: "routing", 8: "intake", 13: "followup", 18: "notifications", 23: "desk"}
_DESK_MAILBOX = "commission.prison@lacimade.org"


@pytest.fixture(scope="module")
def embedded(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What became of each request without broker and containers."""
    with embedded_submit(REQUESTS, tmp_path_factory.mktemp("embedded")) as child:
        printed, _ = child.communicate(timeout=180)
    assert child.returncode == 0
    return _by_id(printed.splitlines())


@pytest.fixture(scope="module")
def deployed(deployment: Deployment) -> Told:
    """What became of each request in the containers, over RabbitMQ."""
    with deployment.submitting(REQUESTS) as child:
        printed, _ = child.communicate(timeout=180)
    assert child.returncode == 0
    return _by_id(printed.splitlines())


def _by_id(lines: Sequence[bytes]) -> Told:
    told = [json.loads(line) for line in lines]
    return {one.pop("id"): {k: v for k, v in one.items() if k != "request_id"} for one in told}


def test_every_service_is_healthy_and_runs_as_the_user_of_the_file(deployment: Deployment):
    for container in deployment.running():
        user = container.service.said["user"]
        uids, gids = container.main_process().uids(), container.main_process().gids()

        assert container.healthy(), container.tail()
        assert (user, *uids, *gids) == ("10001:10001", *[10001] * 6)


def test_the_thirty_requests_become_what_they_become_embedded(deployed: Told, embedded: Told):
    assert len(deployed) == 30
    assert deployed == embedded


def test_no_log_of_a_container_names_a_person(deployment: Deployment, deployed: Told):
    people = [told["person_concerned"] for told in deployed.values() if told["person_concerned"]]
    names = {person["family"] for person in people if person.get("family")}

    assert len(names) > 15
    for container in deployment.running():
        lines = container.logged()
        log = "\n".join(lines)
        assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", log, re.I)] == []
        assert [line for line in lines if not line.startswith("{")] == []


def test_services_killed_and_started_again_in_the_middle_lose_nothing(
    deployment: Deployment, embedded: Told
):
    lines: list[bytes] = []
    with deployment.submitting(REQUESTS) as child:
        assert child.stdout is not None
        for line in child.stdout:
            lines.append(line)
            if victim := _KILLS.get(len(lines)):
                killed = deployment.containers[victim]
                assert killed.service.said["restart"] == "unless-stopped"
                killed.kill()
                killed.start()

    assert child.returncode == 0
    assert _by_id(lines) == embedded
    for victim in _KILLS.values():
        deployment.containers[victim].wait_until_healthy()
    acknowledged = [json.loads(line)["request_id"] for line in lines]
    whole = deployment.whole(acknowledged)
    deployment.as_client(lambda: assert_nothing_lost(whole))


def test_an_urgent_mail_from_outside_alerts_a_volunteer_by_mail(
    deployment: Deployment, directory: None
):
    before = {mail.message_id for mail in deployment.mailpit.messages()}
    raw = _sample("S22")

    def send() -> None:
        with smtplib.SMTP(deployment.address("mail-in"), 2525, timeout=10) as server:
            server.sendmail("proche@example.org", [_DESK_MAILBOX], raw.encode())

    deployment.as_client(send)

    def alerts() -> list[Any]:
        return [m for m in deployment.mailpit.messages() if m.message_id not in before]

    mail = wait_until(alerts, 60)[0]
    assert mail.behaviour == "accept"
    assert "http://localhost:8080/" in mail.message.as_string()


def test_a_web_form_from_outside_becomes_a_request(deployment: Deployment):
    def post() -> Any:
        request = Request(
            f"http://{deployment.address('intake')}:8000/v1/web-form",
            data=_sample("S28").encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
            return json.load(answer)

    request_id = deployment.as_client(post)["request_id"]

    def known() -> list[Any]:
        return deployment.admin("show", f"request-{request_id}", "--json")

    assert wait_until(known, 30)


def test_every_published_port_is_listened_on(deployment: Deployment):
    def answers(service: str, port: int) -> bool:
        with socket.create_connection((deployment.address(service), port), timeout=5):
            return True

    published = [(c.service.name, port) for c in deployment.running() for port in c.service.ports]

    assert published
    for service, port in published:
        assert deployment.as_client(lambda s=service, p=port: answers(s, p))  # type: ignore[misc]


def test_an_admin_verifies_the_logs_from_a_container(deployment: Deployment):
    [*told] = deployment.admin("verify", "--json")

    assert told


def test_making_roles_and_schemas_again_changes_nothing(deployment: Deployment):
    done = deployment.containers["bootstrap"].run(["bootstrap"])

    assert (done.returncode, done.stdout) == (0, b"bootstrap: 12 roles, 6 schemas\n")


def test_services_end_in_time_when_they_are_told_to_and_start_again(deployment: Deployment):
    for container in deployment.running():
        assert container.stop() == 0, container.tail()
        container.start()
    for container in deployment.running():
        container.wait_until_healthy()


def test_the_image_brings_the_lexicons_made_ready(deployment: Deployment):
    process = deployment.containers["intake"].main_process()
    [kept] = Path(f"/proc/{process.pid}/root/opt/permanence/lib").rglob("reference.*.pickle")

    assert kept.stat().st_mode & stat.S_IROTH


def test_nothing_is_written_into_a_container_itself(deployment: Deployment):
    for container in deployment.containers.values():
        assert container.written_files() == []


@pytest.fixture
def directory(deployment: Deployment, tmp_path: Path) -> None:
    """The made-up teams and volunteers, imported as a deployer would."""
    for path in (REQUESTS.parents[2] / "routing" / "data" / "demo").glob("*.csv"):
        shutil.copy(path, tmp_path)
    tmp_path.chmod(0o755)
    deployment.admin(
        *("import-directory", "/mnt/folder", "--by", "test", "--why", "to begin", "--json"),
        folder=tmp_path,
    )


def _sample(wanted: str) -> str:
    for line in REQUESTS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["id"] == wanted:
            return str(record["raw"])
    raise AssertionError(wanted)
