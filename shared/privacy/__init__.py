"""Encryption of what identifies a person: a key for each, and erasure by deleting it."""

from shared.privacy._erased import ERASED, Erased
from shared.privacy._errors import KeyLost, MasterKeyInvalid, MasterKeyWrong, SubjectErased
from shared.privacy._keyring import MIGRATIONS, Keyring
from shared.privacy._master import MasterKey, read_master_key

__all__ = [
    "ERASED",
    "MIGRATIONS",
    "Erased",
    "KeyLost",
    "Keyring",
    "MasterKey",
    "MasterKeyInvalid",
    "MasterKeyWrong",
    "SubjectErased",
    "read_master_key",
]
