"""What a container's log file holds beside the lines of the service: buildah's, and only those."""

from __future__ import annotations

from tests.compose.containers import without_buildah


def test_what_buildah_says_of_a_container_that_ended_is_not_the_containers():
    said = (
        "subprocess exited on killed\n"
        "subprocess exited with status 1\n"
        "Error: exit status 1\n"
        '{"event": "ready"}\n'
    )

    assert without_buildah(said) == ['{"event": "ready"}']


def test_any_other_line_is_the_containers_own():
    said = "buildah knows Ablaye\nsubprocess exited on killed: Ablaye\nError: Ablaye\n"

    assert without_buildah(said) == said.splitlines()
