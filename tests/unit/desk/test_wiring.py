"""What a deployer sets wrong is named before the desk opens anything."""

from __future__ import annotations

import pytest

from services.desk.wiring import open_parts
from shared.settings import BadSetting
from tests.support.postgres import MASTER_KEY


def test_an_address_of_the_desk_without_its_scheme_is_named(monkeypatch: pytest.MonkeyPatch):
    nowhere = "postgresql://desk:x@127.0.0.1:1/permanence"
    for name, value in {
        "DESK_DSN": nowhere,
        "KEYRING_DSN": nowhere,
        "MASTER_KEY": MASTER_KEY.to_base64(),
        "AMQP_URI": "memory://",
        "DESK_URL": "permanence.example.org",
    }.items():
        monkeypatch.setenv(f"PERMANENCE_{name}", value)

    with pytest.raises(BadSetting, match=r"^PERMANENCE_DESK_URL: 'permanence\.example\.org'"):
        open_parts({"AMQP_URI": "memory://"})
