"""The situations of phase 2, reached through the real operations, so that they satisfy every constraint."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from comptes.models import Compte
from preuves.catalogue.rem import ChapitreSpec, ExigenceSpec, PreuveSpec, RemSpec, ScenarioSpec
from preuves.enums import Forme, Nature
from preuves.models import Chapitre, Revision, VersionDuREM
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.depots import deposit
from preuves.operations.fichiers import receive_piece
from preuves.operations.rem import publish_rem
from preuves.queries.dossier import dossier_of
from preuves.rules.depots import Contenu
from tests.factories import candidatures as make

AUTUMN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DUI = "ms-dui-va2"

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0"
    b"\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)


def a_preuve_spec(numero: str, nature: Nature = Nature.MOTCO2, **changes: Any) -> PreuveSpec:
    given = {"texte": f"<p>{nature.label} de la preuve {numero}.</p>", "nature": nature.value} | changes
    return PreuveSpec(numero, **given)


def an_exigence(identifiant: str, *preuves: PreuveSpec, **changes: Any) -> ExigenceSpec:
    """An exigence with one scénario; by default, asked of everybody."""
    given: dict[str, Any] = {
        "fonction": "Fonction",
        "texte": f"<p>Exigence {identifiant}.</p>",
        "commentaire": "",
        "perimetre": "vague_2",
        "profils": ("Général",),
        "profils_historiques": (),
        "criticite": "Majeure",
    }
    scenario = ScenarioSpec(f"{identifiant}.01", f"<p>Démontrer {identifiant}.</p>", preuves)
    return ExigenceSpec(identifiant=identifiant, scenarios=(scenario,), **(given | changes))


def a_rem_spec() -> RemSpec:
    """A REM of three chapitres: MAT, two numbers to type; INS, files, partly inherited; and one for PH only."""
    return RemSpec(
        (
            ChapitreSpec(
                "MAT",
                "Prérequis de maturité technique",
                (an_exigence("MAT.01", a_preuve_spec("MAT.01.01.01"), a_preuve_spec("MAT.01.01.02")),),
            ),
            ChapitreSpec(
                "INS",
                "Identité nationale de santé",
                (
                    an_exigence("INS.01", a_preuve_spec("INS.01.01.01", Nature.CAPTURE)),
                    an_exigence(
                        "INS/va1.02",
                        a_preuve_spec("INS/va1.02.01.01", Nature.VIDEO),
                        perimetre="vague_1",
                        profils_historiques=("PA",),
                    ),
                ),
            ),
            ChapitreSpec(
                "CDM-PH",
                "Cœur de métier – Personnes en situation de handicap",
                (an_exigence("PH.01", a_preuve_spec("PH.01.01.01", Nature.TEXTE), profils=("PH",)),),
            ),
        )
    )


def a_rem(spec: RemSpec | None = None, day: date = date(2026, 6, 1)) -> VersionDuREM:
    make.a_dispositif()
    version, _ = publish_rem(dispositif_code=DUI, spec=spec or a_rem_spec(), date=day, by=None, at=make.OPENING)
    return version


def a_candidature_to_prove(
    candidature: Candidature, by: Compte, instructeur: Compte, *, confirm: bool = False, **eligible: Any
) -> Candidature:
    """A candidature whose two volets are recevables; its reference (MS1 with PA) is confirmed if asked."""
    references = {} if confirm else {"references_vague_1": {"aucun": True}}
    administratif = make.a_submitted_volet(candidature, by, **references)
    if confirm:
        make.confirm_reference(administratif, instructeur)
    make.admit(administratif, instructeur)
    volet = make.a_submitted_volet(candidature, by, kind=VoletKind.ELIGIBILITE, **eligible)
    make.admit(volet, instructeur)
    return Candidature.objects.with_names().get(pk=candidature.pk)


def a_number(value: str = "48213", **changes: Any) -> Contenu:
    given = {"evidence_date": date(2026, 10, 20), "version_technique": "4.2.1"}
    return Contenu(Forme.NUMBER, value=value, **(given | changes))


def a_deposit(
    candidature: Candidature,
    by: Compte,
    numero: str = "MAT.01.01.01",
    contenu: Contenu | None = None,
    *,
    seen: int = 0,
    at: datetime = AUTUMN,
) -> Revision:
    return deposit(candidature_id=candidature.pk, numero=numero, contenu=contenu or a_number(), seen=seen, by=by, at=at)


def a_file(
    candidature: Candidature,
    by: Compte,
    nature: Nature = Nature.CAPTURE,
    name: str = "ecran.png",
    content: bytes = PNG,
) -> int:
    """Return the pk of a pièce received for the preuves."""
    return receive_piece(
        candidature_id=candidature.pk, upload=SimpleUploadedFile(name, content), nature=nature, by=by, at=AUTUMN
    ).pk


def some_files(*piece_ids: int) -> Contenu:
    return Contenu(Forme.FILES, piece_ids=piece_ids, evidence_date=date(2026, 10, 20), version_technique="4.2.1")


def not_applicable(reason: str = "La solution n’appelle pas ce téléservice.") -> Contenu:
    return Contenu(Forme.NOT_APPLICABLE, value=reason)


def a_complete_chapitre(candidature: Candidature, by: Compte, code: str = "MAT", at: datetime = AUTUMN) -> Chapitre:
    """Deposit every due preuve of the chapitre; nothing is submitted."""
    for numero in due_in(candidature, code):
        a_deposit(candidature, by, numero, not_applicable(), at=at)
    return the_chapitre(candidature, code)


def a_submitted_chapitre(candidature: Candidature, by: Compte, code: str = "MAT", at: datetime = AUTUMN) -> Chapitre:
    a_complete_chapitre(candidature, by, code, at)
    return submit_chapitre(candidature_id=candidature.pk, code=code, by=by, at=at)


def the_chapitre(candidature: Candidature, code: str = "MAT") -> Chapitre:
    return Chapitre.objects.select_related("dossier__version").get(dossier__candidature=candidature, code=code)


def due_in(candidature: Candidature, code: str) -> tuple[str, ...]:
    dossier = dossier_of(Candidature.objects.with_names().get(pk=candidature.pk))
    chapitre = dossier.chapitre(code) if dossier else None
    return chapitre.facts.due if chapitre else ()
