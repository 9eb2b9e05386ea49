"""The keys of a data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.host.embedded import kept_key
from shared.settings import BadSetting


def test_a_key_is_made_once_for_its_owners_eyes(tmp_path: Path) -> None:
    made = kept_key(tmp_path / "master_key")

    assert kept_key(tmp_path / "master_key") == made
    assert (tmp_path / "master_key").stat().st_mode & 0o077 == 0


def test_a_key_that_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "master_key").mkdir()

    with pytest.raises(BadSetting, match=r"data: .*master_key cannot be read or made .Is a direct"):
        kept_key(tmp_path / "master_key")
