"""The project's image, built from its own Dockerfile with buildah, and kept until it changes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.compose.compose_file import ROOT

# What lets pip reach its index on this machine; the Dockerfile itself knows nothing of it.
_BUILD_MOUNTS = ("/etc/pip.conf", "/etc/ssl/certs")
_NAME = "localhost/permanence-tests"


def buildah(*arguments: str) -> str:
    """Run buildah as root without a container engine; what it prints."""
    done = subprocess.run(
        ["buildah", *arguments],
        env=buildah_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        told = (done.stdout + done.stderr).decode(errors="replace")[-3000:]
        raise RuntimeError(f"buildah {arguments[0]} failed:\n{told}")
    return done.stdout.decode().strip()


def buildah_environment() -> dict[str, str]:
    return os.environ | {"BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}


def built_image() -> str:
    """The name of the image of this very source; older ones of the tests are removed."""
    wanted = f"{_NAME}:{content_key()}"
    kept = buildah("images", "--format", "{{.Name}}:{{.Tag}}").splitlines()
    if wanted in kept:
        return wanted
    for base in set(re.findall(r"^FROM (\S+)", _dockerfile(), re.M)):
        subprocess.run([Path(__file__).parent / "base-image", base], check=True)
    mounts = [f"--volume={path}:{path}:ro" for path in _BUILD_MOUNTS if Path(path).exists()]
    buildah("build", "--quiet", "--pull=never", *mounts, "--tag", wanted, str(ROOT))
    for old in kept:
        if old.startswith(f"{_NAME}:"):
            _remove(old)
    return wanted


def _remove(image: str) -> None:
    """Take an image away, unless a run beside this one uses it."""
    with contextlib.suppress(RuntimeError):
        buildah("rmi", image)


def content_key() -> str:
    """A digest over all that the Dockerfile copies, and over it and the stand-in's recipe."""
    listed = ["Dockerfile", ".dockerignore", "tests/compose/base-image", *_copied()]
    digest = hashlib.sha256()
    for path in sorted(_files(ROOT / name for name in listed)):
        digest.update(f"{path.relative_to(ROOT)} {path.stat().st_mode & 0o111}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:24]


def _copied() -> list[str]:
    """The sources of the COPY lines that read the build context."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", _dockerfile(), re.M)
    return [name for line in lines for name in line.split()]


def _dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def _files(paths: Iterable[Path]) -> set[Path]:
    found: set[Path] = set()
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else [path]
        found.update(one for one in inside if one.is_file() and "__pycache__" not in one.parts)
    return found


if __name__ == "__main__":
    built_image()
