"""The portal's own signature: PAdES by pyHanko, with the portal's seal, in fields that the PDF already has.

The seal attests what the portal saw: this person, signed in, typed the code that was sent to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner, fields
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

Box = tuple[float, float, float, float]


class SignatureFailed(Exception):
    """Nothing was signed. `reason` says why, for the log and not for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Signing:
    """One signature to make.

    :param field: the name of the field to sign, which is empty
    :param name: of the person who signs
    :param reason: in French; readers of the PDF see it in their signature panel
    :param stamp: a PDF of one page, of the size of the field
    :param at: when the person signed (aware)
    """

    field: str
    name: str
    reason: str
    stamp: bytes
    at: datetime


class Embedded:
    """Signs with the portal's seal, a PKCS#12 file."""

    def __init__(self, pkcs12: bytes, password: str) -> None:
        """Open the seal.

        :raises SignatureFailed: when it is no PKCS#12 file, or the password is wrong
        """
        try:
            self._signer = SimpleSigner.load_pkcs12_data(pkcs12, [], password.encode())
        except ValueError as error:
            raise SignatureFailed("The seal does not open.") from error
        if self._signer is None:
            raise SignatureFailed("The seal does not open.")

    def sign(self, pdf: bytes, signing: Signing) -> bytes:
        """Sign an empty field; the bytes that the file already has are unchanged, and the signature is appended.

        :raises SignatureFailed: when the file cannot be read, or has no such empty field
        """
        meta = PdfSignatureMetadata(
            field_name=signing.field,
            name=signing.name,
            reason=signing.reason,
            location="Portail Ségur",
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
        )
        with NamedTemporaryFile(suffix=".pdf") as stamp:
            stamp.write(signing.stamp)
            stamp.flush()
            style = StaticStampStyle.from_pdf_file(stamp.name, border_width=0)
            signer = _Dated(meta, self._signer, stamp_style=style)
            signer.at = signing.at
            try:
                # The library runs an event loop of its own, which a thread that runs one already would refuse.
                with ThreadPoolExecutor(1) as thread:
                    signed = thread.submit(signer.sign_pdf, _writer(pdf), existing_fields_only=True).result()
            except PdfError as error:
                raise SignatureFailed(str(error)) from error
        content: bytes = signed.getvalue()
        return content


class _Dated(PdfSigner):
    """A signer that takes its time as an argument instead of reading the clock."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def prepare(pdf: bytes, boxes: Mapping[str, Box]) -> bytes:
    """Add every signature field, empty, to the last page; adding one later would break the first signature."""
    writer = _writer(pdf)
    for name, (left, bottom, right, top) in boxes.items():
        box = (round(left), round(bottom), round(right), round(top))
        fields.append_signature_field(writer, SigFieldSpec(sig_field_name=name, on_page=-1, box=box))
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    return out.getvalue()


def signed_fields(pdf: bytes) -> tuple[str, ...]:
    """Return the names of the signed fields of a file, after checking that no signed byte changed.

    Whose certificate signed is not checked.

    :raises SignatureFailed: when the file cannot be read, or a signature is not valid
    """
    names = []
    try:
        for signature in PdfFileReader(BytesIO(pdf)).embedded_signatures:
            status = validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
            if not (status.intact and status.valid):
                raise SignatureFailed(f"The signature {signature.field_name} does not hold.")
            names.append(signature.field_name)
    except (PdfError, ValueError) as error:
        raise SignatureFailed(str(error)) from error
    return tuple(names)


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    try:
        return IncrementalPdfFileWriter(BytesIO(pdf))
    except PdfError as error:
        raise SignatureFailed(str(error)) from error
