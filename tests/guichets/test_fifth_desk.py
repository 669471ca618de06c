"""A fifth desk is one file and one line of a dispositif: page, gate, blocage, relevé and capture follow."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import checks
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from candidatures.catalogue import dispositifs
from candidatures.operations.dispositifs import load_dispositif
from candidatures.queries.volets import presented_volets
from comptes import clock
from guichets import sweeps
from guichets.catalogue import guichets as catalogue
from guichets.models import DemandeAuGuichet, Etape, Guichet, Mouvement
from guichets.queries.architecture import WITH_PREUVES
from guichets.queries.as_of import desks_at
from guichets.queries.demandes import label_of_etape
from guichets.queries.desks import circuit_of
from referencement.enums import Seuil
from referencement.queries.blocages import dossier_complet
from referencement.rules.blocages import blocages
from segur_portal.celery import app
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make_1
from tests.factories import guichets as make
from tests.factories.guichets import MORNING, YESTERDAY, again
from tests.factories.preuves import PNG
from tests.guichets.desk import a_desk
from tests.preuves.conftest import make_team_to_prove

HOUR = timedelta(hours=1)
ANNUAIRE = """
code = "annuaire"
nom = "Annuaire"
article = "L’Annuaire"
de = "de l’Annuaire"
a = "à l’Annuaire"
ordre = 5
couleur = "segur"
objet = "Le raccordement de la solution à l’Annuaire."
intitule = "Raccordement à l’Annuaire"
portee = "solution"
identifiant = "numéro"
contrat = "cnda"
[releves]
budget-par-minute = 60
bail-minutes = 5
perime-minutes = 2880
proche-jours = 14
diviseur = 4
plancher-minutes = 10
reconfirmer-jours = 365
[capture]
obligatoires = ["logiciel", "etape", "date_etape"]
[[etapes]]
code = "asked"
nom = "Demandé"
role = "depart"
attend = "editeur"
attendu = "remplir la demande de raccordement"
minutes = 240
vers = ["tested"]
[[etapes]]
code = "tested"
nom = "En recette"
au-guichet = "Tests en cours"
attend = "guichet"
attendu = "la fin des tests"
minutes = 240
vers = ["connected"]
[[etapes]]
code = "connected"
nom = "Raccordé"
role = "accord"
ton = "success"
minutes = 1440
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The catalogue, copied where a test may add to it."""
    for module, name in ((catalogue, "guichets"), (dispositifs, "dispositifs")):
        shutil.copytree(module.FOLDER, tmp_path / name)
        monkeypatch.setattr(module, "FOLDER", tmp_path / name)
    monkeypatch.setitem(settings.GUICHETS, "annuaire", dict.fromkeys(settings.GUICHETS["cnda"], ""))
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget() -> None:
    catalogue._guichets.cache_clear()
    dispositifs.read_also(*settings.DISPOSITIF_FOLDERS, only=settings.DISPOSITIFS)


@pytest.fixture
def team(files: Path, db: None) -> Team:
    """An éditeur whose dispositif asks for the fifth desk too."""
    (files / "guichets" / "annuaire.toml").write_text(ANNUAIRE, encoding="utf-8")
    dispositif = files / "dispositifs" / "ms-dui-va2.toml"
    text = dispositif.read_text(encoding="utf-8")
    dispositif.write_text(
        text.replace("[guichets.edc_psc]", "[guichets.annuaire]\n\n[guichets.edc_psc]"), encoding="utf-8"
    )
    forget()
    call_command("load_guichets", verbosity=0)
    return make_team_to_prove()


@pytest.fixture
def sami(team: Team, sign_in) -> Client:
    return sign_in(team.salarie)


def text_of(page) -> str:
    return page.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def declare(team: Team, sami: Client) -> DemandeAuGuichet:
    """Through the page, as anybody does."""
    address = reverse("guichets:declare", args=[team.candidature.nru, "annuaire:"])
    with clock.travel(MORNING - HOUR):
        assert sami.post(address, {"numero": "ANN-1", "logiciel": ""}).status_code == 302
    return DemandeAuGuichet.objects.get(guichet="annuaire")


def missing(team: Team) -> list[tuple[str, str]]:
    facts = dossier_complet(team.candidature, at=MORNING + 9 * HOUR).facts
    left = blocages(facts, seuil=Seuil.COLLEGE, at=MORNING + 9 * HOUR)
    return [(blocage.sentence, blocage.owner.label) for blocage in left if blocage.sentence.startswith("Raccordement")]


def test_page_gate_and_blocage_know_it_before_anything_is_declared(team: Team, sami: Client) -> None:
    page = text_of(sami.get(reverse("guichets:page", args=[team.candidature.nru])))

    assert "Le raccordement de la solution à l’Annuaire." in page
    assert "Tests en cours" in page
    ((sentence, owner),) = missing(team)
    assert (owner, "n’est pas déclarée ici" in sentence) == ("L’éditeur", True)


def test_releve_over_http_moves_it_and_the_blocage_names_it(team: Team, sami: Client) -> None:
    demande = declare(team, sami)
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    with a_desk("annuaire") as desk, clock.travel(MORNING):
        circuit_of("annuaire").reset()
        desk.says = {"etape": "tested", "nil": "N", "logiciel": "Sirocco Résidence"}
        try:
            assert sweeps.pull_due_demandes() == 1
        finally:
            app.conf.update(task_always_eager=False, task_eager_propagates=False)

    assert again(demande).state == "tested"
    ((sentence, owner),) = missing(team)
    assert (owner, "étape\u00a0: en recette" in sentence) == ("L’Annuaire", True)
    candidature = text_of(sami.get(reverse("referencement:candidature", args=[team.candidature.nru])))
    assert "À faire par l’Annuaire : 1" in candidature


def test_it_goes_back_like_the_others_and_its_grant_opens_the_gate(team: Team, sami: Client) -> None:
    demande = declare(team, sami)
    make.a_releve(demande, "connected", at=MORNING)
    granted = missing(team)
    for hour in (1, 2):
        make.a_releve(demande, "tested", at=MORNING + hour * HOUR)

    assert granted == []
    assert (again(demande).state, [owner for _, owner in missing(team)]) == ("tested", ["L’Annuaire"])


def test_capture_offers_its_stages_in_its_own_words_and_once_confirmed_moves_it(team: Team, sami: Client) -> None:
    demande = declare(team, sami)

    page = text_of(sami.get(reverse("guichets:capture", args=[team.candidature.nru, demande.pk])))

    assert "En recette (« Tests en cours » au guichet)" in page
    make.a_confirmed_capture(demande, team.salarie, team.instructeur, etape="tested", date_etape=YESTERDAY)
    assert again(demande).state == "tested"


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ('["etape", "date_etape"]', set()),
        ('["logiciel", "etape", "date_etape"]', {"logiciel"}),
        ('["etape", "date_etape", "retour_prevu"]', {"retour_prevu"}),
    ],
)
def test_capture_must_show_what_the_file_says(
    team: Team, sami: Client, files: Path, fields: str, missing: set[str]
) -> None:
    text = ANNUAIRE.replace('["logiciel", "etape", "date_etape"]', fields)
    (files / "guichets" / "annuaire.toml").write_text(text, encoding="utf-8")
    forget()
    demande = declare(team, sami)
    address = reverse("guichets:capture", args=[team.candidature.nru, demande.pk])

    with clock.travel(MORNING):
        capture = make_1.a_pdf("espace.png", PNG)
        page = sami.post(address, {"etape": "tested", "date_etape": "2026-11-02", "capture": capture})

    faulty = set(page.context["form"].errors) if page.status_code == 422 else set()
    assert (faulty, demande.captures.count()) == (missing, 0 if missing else 1)


def test_board_and_questions_name_it(team: Team, sign_in) -> None:
    board = text_of(sign_in(team.instructeur).get(reverse("guichets:board")))
    questions = text_of(sign_in(team.salarie).get(reverse("guichets:questions"), {"profils": "PA", "proxy": "propre"}))

    assert "Annuaire" in board
    assert "Raccordement à l’Annuaire" in questions


def test_loading_again_changes_nothing_and_what_left_the_file_leaves(team: Team, files: Path) -> None:
    def rows() -> tuple[list, list]:
        stages = Etape.objects.filter(guichet="annuaire").order_by("rang").values_list("code", "role")
        moves = Mouvement.objects.filter(guichet="annuaire").order_by("depart", "arrivee")
        return list(stages), list(moves.values_list("pk", "depart", "arrivee", "retour"))

    before = rows()
    call_command("load_guichets", verbosity=0)
    assert rows() == before
    assert before[0] == [("asked", "depart"), ("tested", ""), ("connected", "accord")]

    shorter = ANNUAIRE.replace('vers = ["tested"]', 'vers = ["connected"]')
    start, end = shorter.index('[[etapes]]\ncode = "tested"'), shorter.index('[[etapes]]\ncode = "connected"')
    (files / "guichets" / "annuaire.toml").write_text(shorter[:start] + shorter[end:], encoding="utf-8")
    forget()
    call_command("load_guichets", verbosity=0)
    assert [code for code, _ in rows()[0]] == ["asked", "connected"]


def test_stage_where_a_demande_stands_does_not_leave(team: Team, sami: Client, files: Path) -> None:
    make.a_releve(declare(team, sami), "tested")
    renamed = ANNUAIRE.replace('code = "tested"', 'code = "proved"').replace('["tested"]', '["proved"]')
    (files / "guichets" / "annuaire.toml").write_text(renamed, encoding="utf-8")
    forget()

    with pytest.raises(CommandError, match="des demandes sont à l’étape «\u00a0tested\u00a0»"):
        call_command("load_guichets", verbosity=0)
    assert Etape.objects.filter(guichet="annuaire", code="tested").exists()


def test_desk_whose_file_is_gone_is_refused_while_demandes_stand_there(
    team: Team, sami: Client, files: Path, sign_in
) -> None:
    """The dispositif asks for it no more, and no page that is read meanwhile breaks."""
    declare(team, sami)
    dispositif = files / "dispositifs" / "ms-dui-va2.toml"
    text = dispositif.read_text(encoding="utf-8").replace("[guichets.annuaire]\n\n", "")
    dispositif.write_text(text, encoding="utf-8")
    (files / "guichets" / "annuaire.toml").unlink()
    forget()

    with pytest.raises(CommandError, match="annuaire\u00a0: des demandes y sont déclarées"):
        call_command("load_guichets", verbosity=0)
    assert sami.get(reverse("guichets:page", args=[team.candidature.nru])).status_code == 200


def test_stage_that_was_left_and_is_gone_is_said_by_its_code(team: Team, sami: Client, files: Path) -> None:
    """The mails and the pages of what was true then still read."""
    demande = declare(team, sami)
    make.a_releve(demande, "tested", at=MORNING)
    make.a_releve(demande, "connected", at=MORNING + HOUR)
    shorter = ANNUAIRE.replace('vers = ["tested"]', 'vers = ["connected"]')
    start, end = shorter.index('[[etapes]]\ncode = "tested"'), shorter.index('[[etapes]]\ncode = "connected"')
    (files / "guichets" / "annuaire.toml").write_text(shorter[:start] + shorter[end:], encoding="utf-8")
    forget()
    call_command("load_guichets", verbosity=0)

    passage = demande.passages.select_related("demande").get(etape="tested")
    candidature = team.candidature
    presented, dossier = {candidature.pk: presented_volets(candidature, champs=WITH_PREUVES)}, {}
    then = desks_at([candidature], presented, dossier, at=MORNING + HOUR / 2)[candidature.pk]
    assert label_of_etape(passage) == "tested"
    assert any("étape\u00a0: tested" in reason.sentence for gate in then.gates for reason in gate.reasons)
    assert sami.get(reverse("guichets:page", args=[candidature.nru])).status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('vers = ["tested"]', 'vers = ["nulle_part"]', "leads to 'nulle_part', which is no stage of annuaire"),
        ('role = "depart"', "", "must have the role 'depart'"),
        ('role = "accord"', "", "must have the role 'accord'"),
        ('vers = ["connected"]', "", "Nothing leads to the stage 'connected'"),
        ('code = "tested"', 'code = "asked"', "A stage is said twice"),
        ('portee = "solution"', 'portee = "univers"', "univers"),
        ('contrat = "cnda"', 'contrat = "telex"', "telex"),
        ('attend = "guichet"', 'attend = "personne"', "'personne' is not a attend"),
        ('code = "annuaire"', 'code = "autre"', "the code must be 'annuaire'"),
        ("minutes = 1440", 'minutes = 1440\ncouleur = "bleu"', "has no key couleur"),
        ('couleur = "segur"', 'couleur = "vert"', "'vert' is not a couleur"),
        ("ordre = 5\n", "", "The key 'ordre' is missing"),
        ('contrat = "cnda"', 'contrat = "cnda"\napres = ["personne"]', "waits for 'personne', which is no desk"),
        ('contrat = "cnda"', 'contrat = "cnda"\nnature = "GAZELLE"', "says what is deposited"),
        ('["logiciel", "etape", "date_etape"]', '["logiciel", "etape"]', "must show its date_etape"),
        ('["logiciel", "etape", "date_etape"]', '["nil", "etape", "date_etape"]', "shows a nil only where"),
    ],
)
def test_file_that_does_not_hold_together_is_refused_with_a_sentence(
    files: Path, db: None, old: str, new: str, sentence: str
) -> None:
    assert old in ANNUAIRE
    (files / "guichets" / "annuaire.toml").write_text(ANNUAIRE.replace(old, new, 1), encoding="utf-8")
    forget()

    with pytest.raises(CommandError) as refused:
        call_command("load_guichets", verbosity=0)

    assert sentence in str(refused.value)
    assert [sentence in fault.msg for fault in checks.run_checks() if fault.id == "segur_portal.E002"] == [True]
    assert not Guichet.objects.filter(code="annuaire").exists()


def test_page_of_desks_offers_no_number_of_another_desk(team: Team, sami: Client) -> None:
    with clock.travel(MORNING):
        text = text_of(sami.get(reverse("guichets:page", args=[team.candidature.nru])))

    assert "L’état des demandes à chaque guichet" in text
    assert "Raccordement à l’Annuaire" in text
    known = text.partition("Déjà connues de votre formulaire")[2].partition("</form>")[0]
    assert "Raccordement à l’Annuaire" not in known


def test_several_profils_that_a_desk_does_not_concern_are_said_in_the_plural(files: Path, db: None) -> None:
    dispositif = files / "dispositifs" / "ms-dui-va2.toml"
    text = dispositif.read_text(encoding="utf-8")
    assert 'sans-profils = ["AHI"]' in text
    dispositif.write_text(text.replace('sans-profils = ["AHI"]', 'sans-profils = ["AHI", "PH"]'), encoding="utf-8")
    forget()
    load_dispositif(spec=dispositifs.spec_of("ms-dui-va2"), at=make_1.OPENING)

    page = text_of(Client().get(reverse("guichets:questions"), {"dispositif": "ms-dui-va2", "profils": ["AHI", "PH"]}))

    assert "Une solution présentée seulement pour AHI, PH n’a rien à y demander." in page


def test_dispositif_that_asks_for_no_desk_we_know_is_refused(files: Path, db: None) -> None:
    dispositif = files / "dispositifs" / "ms-dui-va2.toml"
    text = dispositif.read_text(encoding="utf-8")
    dispositif.write_text(
        text.replace("[guichets.edc_psc]", "[guichets.personne]\n\n[guichets.edc_psc]"), encoding="utf-8"
    )
    forget()

    with pytest.raises(CommandError, match="aucun guichet ne s’appelle «\u00a0personne\u00a0»"):
        call_command("load_guichets", verbosity=0)
