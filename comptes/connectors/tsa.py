"""A timestamping authority (RFC 3161): it attests that a text existed at an instant. Its answers are checked."""

import ssl
from dataclasses import dataclass
from dataclasses import field as a_field
from datetime import datetime, timedelta

import httpcore
from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from .deadline import exchange

LARGEST = 100_000
# Between the authority's clock and the portal's.
APART = timedelta(minutes=5)


class TimestampRefused(Exception):
    """`reason`: what is wrong with the answer, in French."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Authority:
    """One authority. `roots`: the certificates, in PEM, that vouch for it. Slow: never inside a transaction."""

    url: str
    roots: bytes = a_field(repr=False)
    seconds: float = 10

    def stamp(self, text: bytes, *, at: datetime) -> bytes:
        """Have a text stamped now, and return the answer, checked.

        :param at: the machine's instant, from which the authority's may not stand far
        :raises TimestampRefused: when it does not answer in time, or answers anything else than what was asked
        """
        asked = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
        answer = self._ask(asked.as_bytes())
        said_at = self.check(text, answer, nonce=asked.nonce)
        if abs(said_at - at) > APART:
            raise TimestampRefused("L’autorité d’horodatage n’est pas à l’heure du portail.")
        return answer

    def check(self, text: bytes, answer: bytes, *, nonce: int | None = None) -> datetime:
        """Return the instant at which an answer says that the text existed.

        :raises TimestampRefused: when the answer is of another text or another question, or its signature does not hold
        """
        response = _read(answer)
        verifier = VerifierBuilder()
        for root in load_pem_x509_certificates(self.roots):
            verifier = verifier.add_root_certificate(root)
        if nonce is not None:
            verifier = verifier.nonce(nonce)
        try:
            verifier.build().verify_message(response, text)
        except (VerificationError, ValueError) as error:
            raise TimestampRefused(f"La réponse de l’autorité d’horodatage est refusée\u00a0: {error}.") from error
        return response.tst_info.gen_time

    def _ask(self, question: bytes) -> bytes:
        """Post a question; the whole exchange ends in `seconds`, however slowly bytes arrive."""
        try:
            status, answer = exchange(
                "POST",
                self.url,
                headers={"Content-Type": "application/timestamp-query"},
                content=question,
                timeouts=dict.fromkeys(("connect", "read", "write", "pool"), self.seconds),
                total=self.seconds,
                largest=LARGEST,
                tls=ssl.create_default_context(),
            )
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            reason = f"L’autorité d’horodatage ne répond pas, ou trop lentement\u00a0: {type(error).__name__}."
            raise TimestampRefused(reason) from error
        except ValueError as error:
            raise TimestampRefused("L’autorité d’horodatage répond trop longuement.") from error
        if status != 200:
            raise TimestampRefused(f"L’autorité d’horodatage refuse\u00a0: HTTP {status}.")
        return answer


def _read(answer: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(answer)
    except (ValueError, TypeError) as error:
        raise TimestampRefused("La réponse de l’autorité d’horodatage est illisible.") from error
