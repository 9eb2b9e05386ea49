"""Encryption of what identifies a person: a key for each, and erasure by deleting it."""

from shared.privacy._erased import ERASED, Erased
from shared.privacy._errors import (
    KeyLost,
    MasterKeyHalf,
    MasterKeyInvalid,
    MasterKeyWrong,
    SubjectErased,
)
from shared.privacy._keyring import MIGRATIONS, Keyring
from shared.privacy._listed import ErasedList, ErasedListBroken
from shared.privacy._master import MasterKey, read_master_key
from shared.privacy._rewrapping import count_to_rewrap, rewrap

__all__ = [
    "ERASED",
    "MIGRATIONS",
    "Erased",
    "ErasedList",
    "ErasedListBroken",
    "KeyLost",
    "Keyring",
    "MasterKey",
    "MasterKeyHalf",
    "MasterKeyInvalid",
    "MasterKeyWrong",
    "SubjectErased",
    "count_to_rewrap",
    "read_master_key",
    "rewrap",
]
