"""Both parties sign: what pyHanko and poppler read of it, and what is refused."""

import hashlib
import re
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core import mail
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import SimpleSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from candidatures.models.piece import PrivateStorage
from comptes.rules.facteurs import RESPITE
from referencement.enums import ConventionState, FichierStage
from referencement.models import Convention, FichierDeDocument
from referencement.operations.signatures import SignatureNotPossible, send_code, sign_convention
from referencement.queries.signatures import latest_file
from referencement.rules.signature import ATTEMPTS, LIFETIME
from tests.candidatures.conftest import all_at_once
from tests.factories import conventions as make
from tests.factories.conventions import AT, Parties
from tests.factories.referencement import an_examen

from .conftest import PRINTS

pytestmark = [PRINTS, pytest.mark.usefixtures("printed_once")]
SECOND = timedelta(seconds=1)


def countersigned(parties: Parties) -> Convention:
    convention = make.a_signed_convention(parties)
    an_examen(parties.candidature, parties.responsable, "attributed", AT, convention)
    typed = make.a_code(convention, parties.responsable)
    return sign_convention(convention_id=convention.pk, typed=typed, by=parties.responsable, at=AT)


def content_of(convention: Convention) -> bytes:
    return b"".join(latest_file(convention).read())


def seen_by_pyhanko(content: bytes) -> list[tuple[str, bool]]:
    """Whose each signature is, and whether it holds: bytes intact, by the seal, nothing added but what was allowed."""
    sealed = SimpleSigner.load_pkcs12(portal.SIGNATURE["pkcs12"], passphrase=portal.SIGNATURE["password"].encode())
    context = ValidationContext(trust_roots=[sealed.signing_cert], allow_fetching=False)
    return [
        (signature.field_name, validate_pdf_signature(signature, signer_validation_context=context).bottom_line)
        for signature in PdfFileReader(BytesIO(content)).embedded_signatures
    ]


def test_convention_bears_both_signatures(parties: Parties) -> None:
    convention = countersigned(parties)

    content = content_of(convention)
    assert convention.state == ConventionState.COUNTERSIGNED
    assert seen_by_pyhanko(content) == [("editeur", True), ("ans", True)]
    stages = (
        FichierDeDocument.objects.filter(document=convention.document).order_by("pk").values_list("stage", flat=True)
    )
    assert list(stages) == [FichierStage.PRINTED, FichierStage.SIGNED, FichierStage.COUNTERSIGNED]


def test_what_was_signed_first_keeps_every_byte(parties: Parties) -> None:
    convention = countersigned(parties)

    files = {
        fichier.stage: b"".join(fichier.read())
        for fichier in FichierDeDocument.objects.filter(document=convention.document)
    }
    assert files["signed"].startswith(files["printed"])
    assert files["countersigned"].startswith(files["signed"])
    fields = PdfFileReader(BytesIO(files["signed"])).root["/AcroForm"]["/Fields"]
    assert [field.get_object()["/T"] for field in fields] == ["editeur", "ans"]


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed.")
def test_qpdf_finds_nothing_to_say_of_what_both_signed(parties: Parties, tmp_path: Path) -> None:
    file = tmp_path / "convention.pdf"
    file.write_bytes(content_of(countersigned(parties)))
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed.")
def test_pdfsig_finds_both_signatures_valid(parties: Parties, tmp_path: Path) -> None:
    file = tmp_path / "convention.pdf"
    file.write_bytes(content_of(countersigned(parties)))

    stdout = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=True).stdout

    assert re.findall(r"Signature Validation: (.*)", stdout) == ["Signature is Valid."] * 2
    assert "Total document signed" in stdout


def test_changed_byte_is_seen(parties: Parties) -> None:
    content = bytearray(content_of(countersigned(parties)))
    content[content.index(b"stream\n") + 40] ^= 1

    assert seen_by_pyhanko(bytes(content)) == [("editeur", False), ("ans", False)]


def test_code_is_sent_by_email_and_kept_nowhere(parties: Parties, effects_run: None) -> None:
    convention = make.a_sent_convention(parties)

    typed = make.a_code(convention, parties.signatory)

    (message,) = [message for message in mail.outbox if "code de signature" in message.subject]
    assert message.to == [parties.signatory.email]
    assert re.findall(r"^\d{6}$", message.body, re.MULTILINE) == [typed]
    assert typed not in make.the_last_code(convention).hashed


@pytest.mark.parametrize(
    ("later", "signed"),
    [(LIFETIME - SECOND, True), (LIFETIME, False), (LIFETIME + SECOND, False)],
)
def test_code_is_good_for_ten_minutes(parties: Parties, later: timedelta, signed: bool) -> None:
    convention = make.a_sent_convention(parties)
    typed = make.a_code(convention, parties.signatory)

    refusal = sign(convention, parties, typed, AT + later)

    assert refusal == ("" if signed else "Ce code n’est plus valable\u00a0: demandez-en un autre. Rien n’est signé.")


def sign(convention: Convention, parties: Parties, typed: str, at=AT) -> str:
    """Try to sign; return why not."""
    try:
        sign_convention(convention_id=convention.pk, typed=typed, by=parties.signatory, at=at)
    except SignatureNotPossible as refused:
        return refused.sentence
    return ""


def test_code_is_tried_five_times(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)
    typed = make.a_code(convention, parties.signatory)
    wrong = f"{(int(typed) + 1) % 1_000_000:06d}"

    refusals = [sign(convention, parties, wrong) for _ in range(ATTEMPTS)]

    assert [re.findall(r"restants\u00a0: (\d)", refusal) for refusal in refusals] == [["4"], ["3"], ["2"], ["1"], ["0"]]
    assert "Trop d’essais" in sign(convention, parties, typed)
    convention.refresh_from_db()
    assert convention.state == ConventionState.SENT


def test_code_is_used_once(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)
    typed = make.a_code(convention, parties.signatory)

    assert sign(convention, parties, typed) == ""
    assert sign(convention, parties, typed) == "Seul un responsable d’instruction signe pour l’ANS."


@PRINTS
def test_who_engages_since_less_than_a_day_does_not_sign(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)
    typed = make.a_code(convention, parties.signatory)
    seat = parties.signatory.rattachements.get()
    seat.attached_at = AT - RESPITE + timedelta(minutes=1)
    seat.save(update_fields=["attached_at"])

    assert "depuis moins d’un jour" in sign(convention, parties, typed)
    seat.attached_at = AT - RESPITE
    seat.save(update_fields=["attached_at"])
    assert sign(convention, parties, typed) == ""


def test_second_code_waits_a_minute(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)
    make.a_code(convention, parties.signatory)

    with pytest.raises(SignatureNotPossible, match="vient de vous être envoyé"):
        make.a_code(convention, parties.signatory, AT + timedelta(seconds=59))

    make.a_code(convention, parties.signatory, AT + timedelta(seconds=60))


def test_who_cannot_engage_does_not_sign(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)

    with pytest.raises(SignatureNotPossible, match="peut engager l’éditeur"):
        send_code(convention_id=convention.pk, by=parties.team.salarie, at=AT)


def test_agency_signs_after_the_attribution(parties: Parties) -> None:
    convention = make.a_signed_convention(parties)

    with pytest.raises(SignatureNotPossible, match="après l’attribution"):
        send_code(convention_id=convention.pk, by=parties.responsable, at=AT)


def test_file_changed_since_it_was_sent_is_not_signed(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)
    typed = make.a_code(convention, parties.signatory)
    fichier = latest_file(convention)
    path = Path(portal.STORAGES["default"]["OPTIONS"]["location"]) / fichier.file.name
    path.write_bytes(path.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6"))

    assert "a changé depuis son envoi" in sign(convention, parties, typed)

    convention.refresh_from_db()
    assert convention.state == ConventionState.SENT
    assert not FichierDeDocument.objects.filter(stage=FichierStage.SIGNED).exists()


def test_portal_without_a_seal_signs_nothing(parties: Parties, settings) -> None:
    settings.SIGNATURE = settings.SIGNATURE | {"pkcs12": ""}
    convention = make.a_sent_convention(parties)

    assert "n’est pas configurée" in sign(convention, parties, make.a_code(convention, parties.signatory))


def test_file_of_the_convention_is_what_its_row_says(parties: Parties) -> None:
    convention = make.a_signed_convention(parties)

    fichier = latest_file(convention)
    content = b"".join(fichier.read())
    assert (len(content), hashlib.sha256(content).hexdigest()) == (fichier.size, fichier.sha256)
    assert PrivateStorage().exists(fichier.file.name)


@pytest.mark.django_db(transaction=True)
def test_code_typed_twice_at_once_signs_once(transactional_db: None) -> None:
    parties = make.some_parties()
    convention = make.a_sent_convention(parties)
    typed = make.a_code(convention, parties.signatory)

    results = all_at_once(
        2,
        lambda number: sign_convention(convention_id=convention.pk, typed=typed, by=parties.signatory, at=AT),
    )

    assert sorted(type(result).__name__ for result in results) == ["Convention", "SignatureNotPossible"]
    assert FichierDeDocument.objects.filter(stage=FichierStage.SIGNED).count() == 1
