"""The anchors of the journal: the state of its chains each day, in files outside the database."""

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from comptes.connectors.heads import Heads, read_heads, written_heads
from comptes.connectors.tsa import Authority, TimestampRefused


class AnchorNotReadable(Exception):
    """`reason`: what is wrong with the file, in French."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Anchor:
    """One day's anchor; `sha256` is that of its text, which the next one names."""

    day: date
    heads: Heads
    sha256: str


@dataclass(frozen=True)
class Anchors:
    """A folder of anchors, one file a day: proved by an authority when there is one, else by a key of the portal.

    :param key: of the portal; needed to make an anchor, so that access to the database alone is not enough
    """

    folder: Path
    key: bytes
    authority: Authority | None = None

    def days(self) -> list[date]:
        return sorted(date.fromisoformat(path.stem) for path in self.folder.glob("????-??-??.json"))

    def keep(self, heads: Heads, *, day: date, machine: datetime) -> None:
        """Sign the state of the chains, and keep it.

        :param machine: the machine's instant, whatever the portal's clock says
        :raises TimestampRefused: when the authority does not stamp it; nothing is kept
        """
        text = written_heads(heads)
        proof = (
            {"rfc3161": base64.b64encode(self.authority.stamp(text, at=machine)).decode()}
            if self.authority and self.authority.url
            else {"hmac-sha256": self._signed(text)}
        )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        arriving = self.folder / f".{day}.{os.getpid()}"
        arriving.write_text(json.dumps({"heads": text.decode(), "proof": proof}), encoding="utf-8")
        arriving.rename(self._path(day))

    def read(self, day: date) -> Anchor:
        """Read one day's anchor, and check what proves it.

        :raises AnchorNotReadable: when it is not what was kept
        """
        try:
            kept = json.loads(self._path(day).read_text(encoding="utf-8"))
            text, proof = kept["heads"].encode(), kept["proof"]
            heads = read_heads(text)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise AnchorNotReadable("le fichier est illisible") from error
        self._check(text, proof)
        return Anchor(day, heads, hashlib.sha256(text).hexdigest())

    def every(self) -> Iterator[Anchor]:
        for day in self.days():
            yield self.read(day)

    def _check(self, text: bytes, proof: dict[str, str]) -> None:
        if "rfc3161" in proof:
            if self.authority is None:
                raise AnchorNotReadable("aucun certificat ne permet de vérifier son horodatage (JOURNAL_TSA_ROOTS)")
            try:
                self.authority.check(text, base64.b64decode(proof["rfc3161"], validate=True))
            except (TimestampRefused, binascii.Error) as error:
                raise AnchorNotReadable("son horodatage ne correspond pas") from error
        elif not hmac.compare_digest(str(proof.get("hmac-sha256", "")), self._signed(text)):
            raise AnchorNotReadable("sa signature ne correspond pas")

    def _signed(self, text: bytes) -> str:
        return hmac.new(self.key, text, hashlib.sha256).hexdigest()

    def _path(self, day: date) -> Path:
        return self.folder / f"{day.isoformat()}.json"
