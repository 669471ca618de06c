"""What the portal prints: tagged PDF/A-3 that bears its data, the same each time; kept once."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.conf import settings
from kombu.exceptions import OperationalError

from candidatures.catalogue.coherence import VARIABLES
from candidatures.catalogue.dispositifs import recours_of
from candidatures.documents.printing import DocumentNotPrintable, refuse, spoken
from comptes.canonical import canonical, fingerprint
from referencement import effects, sweeps
from referencement.catalogue.convention import convention_of
from referencement.documents.printing import VERSION, render
from referencement.documents.stamp import boxes_of
from referencement.enums import DocumentKind, FichierStage
from referencement.models import Document, FichierDeDocument
from referencement.rules.convention import _variables, data_of
from tests.factories import conventions as make
from tests.factories.conventions import Parties

from .conftest import PRINTS

AT = datetime(2027, 11, 16, 13, 0, tzinfo=UTC)
QUOTES: dict[str, Any] = {
    "nru": "DUI-2026-00001-A",
    "dispositif": {"code": "ms-dui-va2", "nom": "Dossier usager informatisé (DUI)"},
    "editeur": {
        "raison_sociale": "Sirocco <b>Logiciels</b>",
        "siren": "552008443",
        "adresse": "4 rue des Tilleuls",
        "code_postal": "35000",
        "commune": "Rennes",
        "pays": "France",
    },
    "responsable": {"prenom": "Lucie", "nom": "Marchand", "fonction": "Présidente"},
    "solution": {
        "nom": "Sirocco {nil}",
        "version_technique": "4.2.1",
        "nie": "NIE-1",
        "nil": "NIL-1",
        "proxy": "propre",
        "proxy_nom": "",
        "profils": ["Personnes âgées"],
        "noms_commerciaux": [{"nom": "Alizé", "nil": "NIL-2", "version": "4.2"}],
        "additionnels": [],
    },
    "groupement": [],
    "distributeurs": [{"raison_sociale": "Ouest Distribution", "siren": "552008443"}],
}
ATTESTATION = {
    "numero": "ATT-DUI-2026-00001-A",
    "nru": "DUI-2026-00001-A",
    "dispositif": QUOTES["dispositif"],
    "editeur": QUOTES["editeur"],
    "solution": QUOTES["solution"],
    "attribue_le": AT.isoformat(),
    "adresse": "https://portail.example/solutions/DUI-2026-00001-A/",
}
RAPPORT = {
    **{name: ATTESTATION[name] for name in ("nru", "dispositif", "editeur", "solution")},
    "numero": "RC-DUI-2026-00001-A",
    "chapitres": [
        {
            "label": "Identité nationale de santé",
            "constat": "Validé par Inès Garnier",
            "exigences": [
                {
                    "identifiant": "INS.01",
                    "preuves": [
                        {
                            "numero": "INS.01.01.01",
                            "exigibilite": "Exigible",
                            "verdict": "Acceptée",
                            "sha256": "ab" * 32,
                            "par": "Inès Garnier",
                            "prononce_le": AT.isoformat(),
                        },
                        {"numero": "INS.01.01.02", "exigibilite": "Reprise de la vague 1"},
                    ],
                }
            ],
        }
    ],
}
PROCES_VERBAL = {
    "numero": "PV-1-2027-11-16",
    "prevue_le": AT.isoformat(),
    "ouverte_le": AT.isoformat(),
    "close_le": AT.isoformat(),
    "close_par": "Sonia Blanc",
    "secretaire": "Sonia Blanc",
    "quorum": 3,
    "reports": [{"du_le": AT.isoformat(), "au_le": AT.isoformat(), "motif": "Quorum incertain."}],
    "membres": [{"nom": "Jean Petit", "present": True}],
    "examens": [
        {
            "rang": 1,
            "nru": "DUI-2026-00001-A",
            "solution": "Sirocco",
            "editeur": "Sirocco Logiciels",
            "decision": "Attribution",
            "rapporteur": "Jean Petit",
            "motifs": [],
            "precisions": "",
            "contre_avis": "",
            "avis": [{"nom": "Jean Petit", "avis": "Favorable", "par": ""}],
        }
    ],
}
# As a procès-verbal was frozen before a séance bore its real instants.
OF_VERSION_1: dict[str, Any] = {
    **{name: PROCES_VERBAL[name] for name in ("numero", "close_le", "secretaire", "quorum", "membres")},
    "tenue_le": AT.isoformat(),
    "examens": [],
}
DECISION = {
    "numero": "DEC-DUI-2026-00001-A-1",
    "titre": "Retrait du référencement",
    "par": "l’agence",
    "prononcee_le": AT.isoformat(),
    "nru": "DUI-2026-00001-A",
    "solution": "Sirocco",
    "editeur": "Sirocco Logiciels",
    "dispositif": {"nom": "Dossier usager informatisé (DUI)"},
    "faits": [
        {"label": "Prend effet le", "dit": "", "dit_le": AT.isoformat()},
        {"label": "Réponse de l’éditeur", "dit": "Aucune dans le délai", "dit_le": ""},
    ],
    "motifs": ["Une exigence n’est plus satisfaite."],
    "recours": list(recours_of("ms-dui-va2").paragraphs),
}
AUTORISATION = {
    **{name: ATTESTATION[name] for name in ("nru", "dispositif", "editeur", "solution")},
    "numero": "AUT-DUI-2026-00001-A-1",
    "chapitre": "Identité nationale de santé",
    "valide_le": AT.isoformat(),
    "emise_le": AT.isoformat(),
    "adresse": "https://portail.example/verifier/",
}
KINDS = {
    DocumentKind.AUTORISATION: AUTORISATION,
    DocumentKind.CONVENTION: data_of(convention_of("ms-dui-va2"), QUOTES, numero="CONV-DUI-2026-00001-A-1"),
    DocumentKind.ATTESTATION: ATTESTATION,
    DocumentKind.RAPPORT: RAPPORT,
    DocumentKind.PROCES_VERBAL: PROCES_VERBAL,
    DocumentKind.DECISION: DECISION,
}


def printed(kind: DocumentKind, at: datetime = AT) -> bytes:
    return render(kind, KINDS[kind], version=VERSION, at=at)


BELGIAN = {**{name: QUOTES["editeur"][name] for name in QUOTES["editeur"] if name != "siren"}, "pays": "Belgique"}
BELGIAN |= {"immatriculation": {"pays": "BE", "identifiant": "0403170701"}}


@PRINTS
@pytest.mark.parametrize("kind", [DocumentKind.ATTESTATION, DocumentKind.AUTORISATION, DocumentKind.CONVENTION])
@pytest.mark.parametrize(
    ("editeur", "number"),
    [
        (QUOTES["editeur"], "SIREN\u00a0552\u00a0008\u00a0443"),
        (BELGIAN, "n°\u00a0d’entreprise\u00a00403.170.701 (Belgique)"),
    ],
)
def test_document_names_the_editeur_by_the_number_of_its_country(kind: DocumentKind, editeur: Any, number: str) -> None:
    held = KINDS[kind]
    data = {**held, "cite": {**held["cite"], "editeur": editeur}} if "cite" in held else {**held, "editeur": editeur}
    document = pypdfium2.PdfDocument(render(kind, data, version=VERSION, at=AT))
    try:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()

    assert "".join(number.split()) in "".join(text.split())


def test_every_kind_has_its_sample() -> None:
    assert set(KINDS) == set(DocumentKind)


@PRINTS
@pytest.mark.parametrize("kind", KINDS)
def test_document_is_tagged_pdf_a_3_with_its_data(kind: DocumentKind) -> None:
    with pikepdf.open(BytesIO(printed(kind))) as pdf:
        root = pdf.Root
        assert pdf.open_metadata().pdfa_status == "3A"
        assert root.MarkInfo.Marked
        assert root.StructTreeRoot is not None
        assert root.Lang == "fr"
        assert [str(intent.S) for intent in root.OutputIntents] == ["/GTS_PDFA1"]
        assert "/DestOutputProfile" in root.OutputIntents[0]
        attached = pdf.attachments["donnees.json"].get_file().read_bytes()
        assert [str(file.AFRelationship) for file in root.AF][:1] == ["/Data"]
    assert attached == canonical(KINDS[kind])
    assert json.loads(attached) == KINDS[kind]


@PRINTS
@pytest.mark.parametrize("kind", KINDS)
def test_document_is_printed_the_same_again(kind: DocumentKind) -> None:
    assert printed(kind) == printed(kind)


@PRINTS
def test_unknown_version_is_not_printed() -> None:
    with pytest.raises(DocumentNotPrintable, match="version '0'"):
        render(DocumentKind.RAPPORT, RAPPORT, version="0", at=AT)


def test_document_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="outside itself"):
        refuse("http://ailleurs.example/image.png")


def test_instants_are_said_in_paris_time() -> None:
    assert spoken({"close_le": "2027-11-16T13:00:00+00:00", "lignes": [{"prononce_le": ""}], "quorum": 3}) == {
        "close_le": "16\u00a0novembre 2027 à 14\u00a0h",
        "lignes": [{"prononce_le": ""}],
        "quorum": 3,
    }


def test_value_is_not_read_as_a_variable() -> None:
    (first, *_), *_ = (article["paragraphes"] for article in KINDS[DocumentKind.CONVENTION]["articles"])

    assert "« Sirocco {nil} »" in first


def test_articles_may_quote_what_the_file_is_checked_against() -> None:
    assert {*_variables(QUOTES), "jours"} == set(VARIABLES)


@PRINTS
def test_document_is_printed_once(parties: Parties) -> None:
    document = make.a_convention(parties).document

    effects.print_document(document.pk)
    effects.print_document(document.pk)

    (fichier,) = FichierDeDocument.objects.filter(document=document)
    assert fichier.stage == FichierStage.PRINTED
    content = b"".join(fichier.read())
    assert content == render(document.kind, document.data, version=document.template_version, at=document.issued_at)
    assert document.sha256 == fingerprint(document.data)


@PRINTS
def test_sweep_prints_what_an_absent_broker_left(
    parties: Parties, effects_run: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(effects.print_document, "delay", _broker_is_away)
        make.a_convention(parties)
    assert not FichierDeDocument.objects.exists()

    assert sweeps.print_pending_documents() == 1
    assert sweeps.print_pending_documents() == 0
    assert FichierDeDocument.objects.count() == Document.objects.count() == 1


def _broker_is_away(document_id: int) -> None:
    raise OperationalError


@PRINTS
def test_minutes_of_an_earlier_version_are_still_printed_the_same() -> None:
    first, second = (render("proces_verbal", OF_VERSION_1, version="1", at=AT) for _ in range(2))

    assert first == second
    assert first.startswith(b"%PDF-")


def test_each_version_of_the_templates_has_its_frames_of_signatures() -> None:
    folder = Path(settings.BASE_DIR) / "templates/referencement/documents"
    versions = {path.name for path in folder.iterdir() if path.is_dir()}

    assert {version: set(boxes_of(version)) for version in versions} == {
        version: {"editeur", "ans"} for version in versions
    }
