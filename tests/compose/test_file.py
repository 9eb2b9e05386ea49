"""What docker-compose.yml promises a deployer, read from the file; no container is needed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml

from services.cli.deploy import partner_token, secrets
from services.desk.adapters.mailer import Mailer
from services.host.runner import SERVICES
from services.intake.adapters.partners import Partners
from services.intake.adapters.settings import intake_settings
from shared.privacy import MasterKey
from shared.settings import BadSetting, Environment
from shared.smtp import smtp_server
from tests.compose.compose_file import PATH, ROOT, ComposeFile, Service, read_compose_file
from tests.compose.image import content_key

FILE: ComposeFile = read_compose_file()
OURS = [service for service in FILE.services.values() if service.ours]
STAYING = [s for s in FILE.services.values() if not s.one_shot]
HOWTO = (ROOT / "docs" / "howto" / "run_with_compose.md").read_text(encoding="utf-8")
[OVERRIDE] = re.findall(r"^```yaml\n(.+?)^```$", HOWTO, re.M | re.S)
REAL: ComposeFile = read_compose_file(override=OVERRIDE)


def named(service: Service) -> str:
    return service.name


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``permanence secrets secrets/`` fills, in a folder like the file's own."""
    project = tmp_path_factory.mktemp("project")
    secrets(project / "secrets")
    return project


def test_there_is_a_container_for_each_service():
    commands = {name: service.command for name, service in FILE.services.items()}

    assert {name: commands[name] for name in SERVICES} == {n: ["serve", n] for n in SERVICES}


@pytest.mark.parametrize("service", OURS, ids=named)
def test_our_containers_have_no_rights_that_they_do_not_need(service: Service):
    said = service.said

    assert said["user"] == "10001:10001"
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in said


@pytest.mark.parametrize("service", STAYING, ids=named)
def test_what_stays_up_is_started_again_and_watched(service: Service):
    assert service.said["restart"] == "unless-stopped"
    # mailpit's image brings a health check of its own
    assert service.health_check or service.name == "mailpit"


@pytest.mark.parametrize("service", STAYING, ids=named)
def test_nobody_waits_longer_than_a_minute_for_the_first_look_at_what_stays_up(service: Service):
    assert service.probe_seconds <= 60


def test_postgres_is_healthy_only_once_it_is_reached_as_the_services_reach_it():
    """While it is set up, it listens on its socket alone."""
    check = FILE.services["postgres"].health_check

    assert check[:3] == ["pg_isready", "-h", "127.0.0.1"]


@pytest.mark.parametrize("service", OURS, ids=named)
def test_nothing_secret_stands_in_the_environment(service: Service):
    secret = re.compile(r"DSN|KEY|PASSWORD|URI|PARTNERS")

    for name, value in service.environment.items():
        if secret.search(name):
            assert name.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in service.secrets


@pytest.mark.parametrize("service", FILE.services.values(), ids=named)
def test_every_secret_mounted_is_named_in_an_environment_and_the_reverse(service: Service):
    files = {v for v in service.environment.values() if str(v).startswith("/run/secrets/")}

    assert files == {f"/run/secrets/{name}" for name in service.secrets}


def test_a_service_sees_the_secrets_of_no_other_service():
    for name in SERVICES:
        others = {other for other in SERVICES if other != name}

        assert not [s for s in FILE.services[name].secrets if s.partition("_")[0] in others]


def test_every_secret_of_the_file_is_made(made: Path):
    mounted = [m.source for s in FILE.services.values() for m in s.mounts if not m.is_volume]

    for path in (*FILE.secrets.values(), *mounted):
        assert (made / path).is_file()
    assert {name for s in FILE.services.values() for name in s.secrets} == set(FILE.secrets)


def test_secrets_are_made_once_and_kept(made: Path):
    before = {path.name: path.read_bytes() for path in (made / "secrets").iterdir()}

    secrets(made / "secrets")

    assert {path.name: path.read_bytes() for path in (made / "secrets").iterdir()} == before


def test_a_fresh_secret_is_what_the_service_can_read(made: Path):
    folder = made / "secrets"

    assert Partners.from_toml((folder / "partners").read_text(encoding="utf-8")) is not None
    assert MasterKey.from_base64((folder / "master_key").read_text(encoding="utf-8"))
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_published_is_published_to_this_machine_alone():
    published = [text for s in FILE.services.values() for text in s.said.get("ports", [])]

    assert published
    assert all(text.startswith("127.0.0.1:") for text in published)


def test_every_named_volume_is_declared():
    named_ones = {m.source for s in FILE.services.values() for m in s.mounts if m.is_volume}

    assert named_ones == FILE.volumes


def test_each_service_reads_the_list_of_the_erased_and_admin_alone_writes_it():
    path = FILE.services["admin"].environment["PERMANENCE_ERASED_LIST"]
    folder = str(Path(path).parent)

    for name in (*SERVICES, "admin"):
        service = FILE.services[name]
        [mount] = [mount for mount in service.mounts if mount.target == folder]
        assert service.environment["PERMANENCE_ERASED_LIST"] == path
        assert (mount.source, mount.read_only) == ("admin", name != "admin")


def test_the_servers_of_others_are_pinned_to_a_version():
    for service in FILE.services.values():
        if not service.ours:
            assert re.search(r":v?\d+(\.\d+)?", service.said["image"])


def test_the_file_needs_no_variable_of_the_deployers_shell():
    assert "$" not in PATH.read_text(encoding="utf-8")


@pytest.fixture
def given(tmp_path: Path) -> Callable[[str], Environment]:
    """What a service with the how-to's override reads; each secret holds its own name."""

    def of(name: str) -> Environment:
        service = REAL.services[name]
        values = dict(service.environment)
        for key, path in values.items():
            secret = str(path).removeprefix("/run/secrets/")
            if key.endswith("_FILE"):
                assert secret in service.secrets
                assert secret in REAL.secrets
                values[key] = str(tmp_path / secret)
                (tmp_path / secret).write_text(secret, encoding="utf-8")
        return Environment(values)

    return of


@pytest.mark.parametrize("name", ["notifications", "desk"])
def test_the_howtos_override_gives_whoever_sends_mail_its_account_and_its_sender(
    name: str, given: Callable[[str], Environment]
):
    environment = given(name)

    server = smtp_server(environment)
    assert server
    assert (server.host, server.port, server.security) == ("mail.example.org", 587, "starttls")
    assert (server.user, server.password) == ("permanence@example.org", "smtp_password")
    assert environment.get("MAIL_FROM") == "permanence@example.org"
    assert environment.get("DESK_URL") == "https://permanence.example.org"


def test_the_howtos_override_opens_the_desks_own_mailer(given: Callable[[str], Environment]):
    assert Mailer(given("desk"))


def test_the_howtos_override_trusts_the_gateway_of_a_usual_network(
    given: Callable[[str], Environment],
):
    [network] = intake_settings(given("intake")).trusted_proxies.networks

    assert ip_address("172.18.0.1") in network


def test_the_howtos_override_leaves_the_mail_catcher_out():
    assert REAL.services["mailpit"].on_demand


@pytest.mark.parametrize("override", [None, OVERRIDE], ids=["as it is", "as the how-to has it"])
def test_compose_itself_takes_the_file(
    override: str | None, made: Path, request: pytest.FixtureRequest
):
    program = shutil.which("docker-compose")
    if program is None:
        assert not request.config.getoption("--run-compose", default=False)
        pytest.skip("docker-compose is not installed; `make test-compose` installs it")
    shutil.copy(PATH, made)
    files = ["--file", str(made / PATH.name)]
    if override is not None:
        (made / "docker-compose.override.yml").write_text(override, encoding="utf-8")
        files += ["--file", str(made / "docker-compose.override.yml")]

    done = subprocess.run([program, *files, "config"], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()
    assert set(yaml.safe_load(done.stdout)["services"]) == set(FILE.services)


def test_the_image_is_built_anew_when_the_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("Dockerfile", ".dockerignore", "requirements", "pyproject.toml", "README.md"):
        _copy(ROOT / name, tmp_path / name)
    for name in ("LICENSE", "tests/compose/base-image", "shared/errors.py", "services/cli"):
        _copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr("tests.compose.image.ROOT", tmp_path)
    before = content_key()
    (tmp_path / "tests" / "compose" / "a_test.py").touch()

    assert content_key() == before
    (tmp_path / "shared" / "errors.py").write_text("", encoding="utf-8")
    assert content_key() != before


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def test_a_partners_token_is_known_by_the_entry_made_with_it(capsys: pytest.CaptureFixture[str]):
    partner_token("foyer-exemple", as_json=True)

    made = json.loads(capsys.readouterr().out)
    known = Partners.from_toml(made["entry"]).by_token(made["token"])
    assert known
    assert known.id == "foyer-exemple"


def test_no_token_is_made_for_what_is_no_partners_id():
    with pytest.raises(BadSetting, match=r"^PARTNER: 'Foyer Exemple': write small letters"):
        partner_token("Foyer Exemple")
