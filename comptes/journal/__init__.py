"""The journal: one row per act, written in the act's own transaction, chained by sha256.

A chain is named by its address: `editeur:12`, `candidature:DUI-2026-00042-B` or `portail`. Each is registered, as it
begins, in a chain of the portal; the state of all chains is anchored each day outside the database. Rows hold ids and
parameters, never a person's name; each floor registers the sentences of its acts, and how to name what they point at.
"""

from .reading import JournalLine, Namer, lines, register
from .security import note, note_once_done, noted_of_a_request
from .verification import Broken, anchors, faults_since_the_anchors, verify
from .writing import (
    PORTAIL,
    REGISTER,
    Follower,
    chain_of_editeur,
    fingerprint_of_entry,
    record,
    register_chains,
    register_follower,
    run_followers,
)

__all__ = [
    "PORTAIL",
    "REGISTER",
    "Broken",
    "Follower",
    "JournalLine",
    "Namer",
    "anchors",
    "chain_of_editeur",
    "faults_since_the_anchors",
    "fingerprint_of_entry",
    "lines",
    "note",
    "note_once_done",
    "noted_of_a_request",
    "record",
    "register",
    "register_chains",
    "register_follower",
    "run_followers",
    "verify",
]
