"""The second phase in a real browser, from the agency's workbook to an approved chapitre: every kind of deposit."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from comptes import journal
from comptes.enums import RoleANS
from comptes.models import Compte
from preuves.enums import ChapitreState, Nature, PreuveState
from preuves.models import Preuve, VerdictDePreuve
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as phase_1
from tests.factories import fichiers as some
from tests.factories import preuves as make
from tests.factories import workbooks

PDF = some.a_written_pdf("Ce qui est demandé", pages=1)
IMAGE = some.an_image("PNG", 640, 360)
# Of each nature: the words of the workbook that it is told by, and what is deposited: a file, or what is typed.
ASKED: dict[Nature, tuple[str, tuple[str, bytes] | str]] = {
    Nature.VIDEO: ("Vidéo du scénario.", ("scénario.webm", some.a_video())),
    Nature.CAPTURE: ("Copies d'écran des étapes.", ("écran.png", IMAGE)),
    Nature.DOCUMENT: ("Documentation du produit.", ("guide.pdf", PDF)),
    Nature.ATTESTATION: ("Attestation sur l'honneur.", ("attestation.pdf", PDF)),
    Nature.ENGAGEMENT: ("Engagement écrit.", ("engagement.pdf", PDF)),
    Nature.CNDA: ("Homologation du CNDA.", ("cnda.png", IMAGE)),
    Nature.EDC_PSC: ("Habilitation EDC PSC.", ("habilitation.pdf", PDF)),
    Nature.ARCHIVE_XDM: ("Archive IHE_XDM.", ("archive.zip", some.ZIP)),
    Nature.GAZELLE: ("Lien permanent Gazelle.", "https://interop.referencement.esante.gouv.fr/evs/report.seam?oid=1.2"),
    Nature.MOTCO2: ("Numéro d'exécution MOTCO2.", "48213"),
    Nature.PENTEST: ("Test d'intrusion par un PASSI.", ("intrusion.pdf", PDF)),
    Nature.TEXTE: ("Explications.", "Le module vérifie l’identité à chaque appel."),
}
NUMEROS = {nature: f"MAT.{rank:02}.01.01" for rank, nature in enumerate(ASKED, start=1)}
OTHER = "INS.01.01.01"
REASON = "La date n’est pas lisible."


@dataclass
class Cast:
    team: Team
    administrateur: Compte
    responsable: Compte
    colleague: Compte


@pytest.fixture
def cast(portail: str, freeze: Callable[[datetime], None], settings: Settings) -> Cast:
    """Everybody, before the REM exists; the antivirus is away, and the files say so."""
    settings.CLAMD_URL = "none"
    freeze(make.AUTUMN)
    phase_1.a_dispositif()
    team = make_team()
    make.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    return Cast(
        team,
        phase_1.a_person(roles_ans=[RoleANS.ADMINISTRATEUR]),
        phase_1.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]),
        phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Omar", last_name="Diallo"),
    )


@pytest.fixture
def rem(cast: Cast, tmp_path: Path, somebody: Callable[[Compte], Page]) -> None:
    """Two chapitres, sent as a workbook by the administrateur, and published from the preview by somebody else."""
    rows = [
        workbooks.a_row(
            id=f"MAT.{rank:02}",
            numero_scenario=f"MAT.{rank:02}.01",
            numero=NUMEROS[nature],
            preuve=label,
            ordre=rank,
        )
        for rank, (nature, (label, _)) in enumerate(ASKED.items(), start=1)
    ]
    rows.append(
        workbooks.a_row(
            id="INS.01",
            chapitre="Identité",
            numero_scenario="INS.01.01",
            numero=OTHER,
            preuve="Numéro MOTCO2.",
            ordre=20,
        )
    )
    workbook, annotations = tmp_path / "rem.xlsx", tmp_path / "rem.toml"
    workbook.write_bytes(workbooks.a_workbook(rows).getvalue())
    annotations.write_text('[chapitres]\n"Prérequis" = "MAT"\n"Identité" = "INS"\n', encoding="utf-8")
    page = somebody(cast.administrateur)
    page.goto("/rem/importer/")
    page.get_by_label("Classeur").set_input_files(workbook)
    page.get_by_label("Annotations").set_input_files(annotations)
    page.get_by_role("button", name="Envoyer et voir l’aperçu").click()
    expect(page.get_by_text("Une autre personne que celle qui a envoyé ce classeur doit le publier")).to_be_visible()
    preview, page = page.url, somebody(cast.responsable)
    page.goto(preview)
    page.get_by_role("button", name="Publier cette version").click()
    page.get_by_role("dialog").get_by_role("button", name="Publier cette version").click()
    expect(page.get_by_text("est publié.")).to_be_visible()


def chapitre_of(cast: Cast, code: str = "MAT") -> str:
    return f"/candidatures/{cast.team.candidature.nru}/chapitres/{code}/"


def examen_of(cast: Cast, code: str = "MAT") -> str:
    return f"/instruction/{cast.team.candidature.nru}/chapitres/{code}/"


def deposit(page: Page, cast: Cast, numero: str, content: tuple[str, bytes] | str) -> None:
    """Deposit a preuve, from its page, in the form that it asks for."""
    page.goto(f"/candidatures/{cast.team.candidature.nru}/preuve/{numero}/")
    if isinstance(content, str):
        page.locator("[name=value]").first.fill(content)
    else:
        name, body = content
        file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": body}
        page.locator("input[type=file]").set_input_files(file)
        expect(page.get_by_text("Prêt à être déposé", exact=True)).to_be_visible(timeout=20_000)
    page.locator("[name=evidence_date]").fill("2026-10-20")
    page.get_by_role("button", name="Déposer la preuve").click()
    expect(page.get_by_text(re.compile(f"La preuve {numero} est (déposée|reçue)"))).to_be_visible()


def submit(page: Page, cast: Cast, code: str = "MAT") -> None:
    page.goto(f"{chapitre_of(cast, code)}soumettre/")
    page.get_by_role("button", name="Soumettre à l’ANS").click()
    expect(page.get_by_text("soumis à l’ANS le")).to_be_visible()


def accept_from_the_keyboard(page: Page) -> None:
    page.keyboard.press("a")
    expect(page.locator("#enregistrement")).to_contain_text("Brouillon enregistré")
    page.keyboard.press("Control+Enter")


def conclude_from_the_keyboard(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chapitres à examiner")).to_be_visible()


@pytest.mark.long(
    "tests/preuves/test_examen.py::test_draft_then_next_goes_to_what_waits",
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
)
def test_chapitre_of_every_nature_is_deposited_returned_corrected_and_approved(
    cast: Cast, rem: None, somebody: Callable[[Compte], Page]
) -> None:
    team, sami, ines = cast.team, somebody(cast.team.salarie), somebody(cast.team.instructeur)
    for nature, (_, content) in ASKED.items():
        deposit(sami, cast, NUMEROS[nature], content)
    expect(sami.get_by_text("Le chapitre est complet, mais pas encore soumis.")).to_be_visible()
    submit(sami, cast)

    ines.goto(examen_of(cast))
    ines.get_by_role("button", name="Commencer l’examen").click()
    for nature in ASKED:
        expect(ines.locator("#preuve")).to_contain_text(NUMEROS[nature])
        if nature is Nature.TEXTE:
            ines.keyboard.press("c")
            ines.keyboard.type(REASON)
            ines.keyboard.press("Control+Enter")
        else:
            accept_from_the_keyboard(ines)
    conclude_from_the_keyboard(ines, "Retourner à l’éditeur")

    sami.goto(chapitre_of(cast))
    expect(sami.get_by_text(REASON).first).to_be_visible()
    deposit(sami, cast, NUMEROS[Nature.TEXTE], "Le module vérifie l’identité, et le journal le date.")
    submit(sami, cast)

    ines.goto(examen_of(cast))
    ines.get_by_role("button", name="Commencer l’examen").click()
    expect(ines.locator("#preuve")).to_contain_text(NUMEROS[Nature.TEXTE])
    expect(ines.get_by_text("Vérifications prêtes").first).to_contain_text("0 sur 1")
    accept_from_the_keyboard(ines)
    conclude_from_the_keyboard(ines, "Valider le chapitre")

    assert make.the_chapitre(team.candidature).state == ChapitreState.APPROVED
    assert set(Preuve.objects.values_list("state", flat=True)) == {PreuveState.ACCEPTED}
    assert VerdictDePreuve.objects.count() == len(ASKED) + 1
    assert list(journal.verify()) == []
    former_deposit_and_its_verdict_are_still_read(cast, sami, ines)


def former_deposit_and_its_verdict_are_still_read(cast: Cast, sami: Page, ines: Page) -> None:
    numero = NUMEROS[Nature.TEXTE]
    sami.goto(f"/candidatures/{cast.team.candidature.nru}/preuve/{numero}/")
    first = sami.get_by_role("article").filter(has_text="Dépôt n°\u00a01")
    expect(first).to_contain_text("Le module vérifie l’identité à chaque appel.")
    expect(first).to_contain_text(REASON)
    ines.goto(f"{examen_of(cast)}?preuve={numero}&depot=1")
    expect(ines.get_by_text("Ancien dépôt")).to_be_visible()
    expect(ines.get_by_text("Le module vérifie l’identité à chaque appel.")).to_be_visible()
    expect(ines.get_by_text(REASON)).to_be_visible()


@pytest.mark.long("tests/preuves/test_instruction.py::test_chapitre_taken_to_be_read_is_not_taken_back")
def test_chapitre_is_taken_back_before_it_is_opened_and_not_after(
    cast: Cast, rem: None, somebody: Callable[[Compte], Page]
) -> None:
    sami, ines = somebody(cast.team.salarie), somebody(cast.team.instructeur)
    deposit(sami, cast, OTHER, "48213")
    submit(sami, cast, "INS")
    sami.goto(chapitre_of(cast, "INS"))
    sami.get_by_role("button", name="Annuler la soumission").click()
    sami.get_by_role("dialog").get_by_role("button", name="Annuler la soumission").click()
    expect(sami.get_by_text("soumission annulée")).to_be_visible()
    submit(sami, cast, "INS")
    sami.goto(chapitre_of(cast, "INS"))
    ines.goto(examen_of(cast, "INS"))
    ines.get_by_role("button", name="Commencer l’examen").click()
    expect(ines.get_by_label("Acceptée")).to_be_visible()

    sami.get_by_role("button", name="Annuler la soumission").click()
    sami.get_by_role("dialog").get_by_role("button", name="Annuler la soumission").click()
    expect(sami.get_by_text("Inès Garnier")).to_be_visible()
    assert make.the_chapitre(cast.team.candidature, "INS").state == ChapitreState.UNDER_REVIEW


@pytest.mark.long(
    "tests/preuves/test_examen.py::test_second_instructeur_sees_who_holds_it_and_until_when",
    "tests/preuves/test_examen.py::test_draft_is_kept_by_itself",
)
def test_two_instructeurs_want_the_same_chapitre(cast: Cast, rem: None, somebody: Callable[[Compte], Page]) -> None:
    sami = somebody(cast.team.salarie)
    deposit(sami, cast, OTHER, "48213")
    submit(sami, cast, "INS")
    ines, omar = somebody(cast.team.instructeur), somebody(cast.colleague)
    for page in (ines, omar):
        page.goto(examen_of(cast, "INS"))
    ines.get_by_role("button", name="Commencer l’examen").click()
    ines.get_by_label("Acceptée").check()
    expect(ines.locator("#enregistrement")).to_contain_text("Brouillon enregistré")
    omar.get_by_role("button", name="Commencer l’examen").click()

    expect(omar.get_by_text("est examiné par Inès Garnier").first).to_be_visible()
    expect(omar.get_by_label("Acceptée")).to_have_count(0)
    ines.reload()
    expect(ines.get_by_label("Acceptée")).to_be_checked()


@pytest.mark.long(
    "tests/preuves/test_examen.py::test_draft_then_next_goes_to_what_waits",
    "tests/preuves/test_examen.py::test_button_says_what_concluding_does",
)
def test_second_phase_without_javascript(
    cast: Cast, rem: None, portail: str, new_context: Any, enter: Callable[[Page, Compte], None]
) -> None:
    page = new_context(base_url=portail, java_script_enabled=False).new_page()
    enter(page, cast.team.salarie)
    page.goto(f"/candidatures/{cast.team.candidature.nru}/preuve/{OTHER}/")
    page.get_by_text("Cette preuve ne s’applique pas à la solution").click()
    page.get_by_label("Pourquoi elle ne s’applique pas").fill("La solution n’envoie aucun message.")
    page.get_by_role("button", name="Déposer comme non applicable").click()
    submit(page, cast, "INS")
    enter(page, cast.team.instructeur)
    page.goto(examen_of(cast, "INS"))
    page.get_by_role("button", name="Commencer l’examen").click()
    page.get_by_label("Acceptée").check()
    page.get_by_role("button", name="Enregistrer et suivante").click()
    page.get_by_role("button", name="Valider le chapitre").click()

    assert make.the_chapitre(cast.team.candidature, "INS").state == ChapitreState.APPROVED
