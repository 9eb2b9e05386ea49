"""What can be wrong with keys."""

from __future__ import annotations

from uuid import UUID

from shared.errors import Invalid, Refused, Unavailable


class SubjectErased(Refused):
    """Something would be written about a person who was erased; no new key is made in silence."""

    code = "privacy.subject_erased"

    def __init__(self, subject: UUID) -> None:
        super().__init__(
            f"subject: {subject} was erased, nothing personal can be recorded about them; "
            "leave private out, or open a new request"
        )
        self.subject = subject


class KeyLost(Unavailable):
    """Ciphertext of a person of whom the keyring knows nothing: not erased, but lost."""

    code = "privacy.key_lost"

    def __init__(self, subject: UUID) -> None:
        super().__init__(
            f"subject: the keyring has no key of {subject}, nor a word of their erasure; "
            "it is older than the events: restore a newer backup of it"
        )
        self.subject = subject


class MasterKeyInvalid(Invalid):
    """The master key is missing or is not one."""

    code = "privacy.master_key_invalid"


class MasterKeyWrong(Refused):
    """The master key is a good one, but not that of this keyring."""

    code = "privacy.master_key_wrong"

    def __init__(self) -> None:
        super().__init__(
            "PERMANENCE_MASTER_KEY: not the key that this keyring was made with; "
            "give that one, nothing can be read or written under another"
        )


class MasterKeyHalf(Refused):
    """Some keys are wrapped by a master key that was not given: a rotation was not finished."""

    code = "privacy.master_key_half"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"PERMANENCE_MASTER_KEY: {count} keys are wrapped by another master key; give that "
            "one, too, as PERMANENCE_MASTER_KEY_ALSO, and run `permanence rekey`"
        )
        self.count = count
