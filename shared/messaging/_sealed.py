"""What calls carry, sealed: the broker passes on letters, corrections and answers unread.

AES-256-GCM under a key that HKDF derives from the master key, which all services and the admins'
commands have; each call and each answer is bound to its method and to its id.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Unavailable
from shared.privacy import MasterKey
from shared.settings import Environment

_PURPOSE = b"permanence: calls between services, 1"
_NONCE_BYTES = 12
_FIELD = "sealed"


class CallKeyDiffers(Unavailable):
    """A call or its answer was not sealed with a key that we have."""

    code = "rpc.key_differs"

    def __init__(self, method: str) -> None:
        super().__init__(
            f"method: {method}: caller and service do not share a key; give both the same "
            "PERMANENCE_MASTER_KEY (or the other's as PERMANENCE_MASTER_KEY_ALSO) and the same "
            "version, and start them again"
        )


class Seals:
    """Seals under the first key of ``master``, and opens what any of them has sealed."""

    def __init__(self, master: MasterKey) -> None:
        self._ciphers = [AESGCM(key) for key in master.derived(_PURPOSE)]

    def seal(self, value: object, *, method: str, call_id: str, answer: bool) -> dict[str, str]:
        """``value`` as it goes over the broker; raises TypeError unless JSON can hold it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        about = _about(method, call_id, answer=answer)
        sealed = nonce + self._ciphers[0].encrypt(nonce, plain, about)
        return {_FIELD: base64.b64encode(sealed).decode("ascii")}

    def open(self, sent: object, *, method: str, call_id: str, answer: bool) -> Any:
        """What was sealed; raises CallKeyDiffers for anything else."""
        text = sent.get(_FIELD) if isinstance(sent, Mapping) else None
        try:
            sealed = base64.b64decode(text or "", validate=True)
        except (binascii.Error, TypeError, ValueError):
            sealed = b""
        about = _about(method, call_id, answer=answer)
        for cipher in self._ciphers:
            try:
                plain = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about)
            except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
                continue
            return json.loads(plain.decode("utf-8", "surrogatepass"))
        raise CallKeyDiffers(method)


def seals_of_environment() -> Seals:
    """By ``PERMANENCE_MASTER_KEY``; raises BadSetting if it is not set."""
    env = Environment()
    return _seals(env.require("MASTER_KEY"), env.get("MASTER_KEY_ALSO") or "")


@lru_cache(maxsize=4)
def _seals(key: str, also: str) -> Seals:
    return Seals(MasterKey.from_base64(key, also))


def _about(method: str, call_id: str, *, answer: bool) -> bytes:
    return f"{'answer' if answer else 'call'}\n{method}\n{call_id}".encode()
