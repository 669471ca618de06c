"""What a volet asks is data of its dispositif, with a version: a volet keeps the one that it was submitted with."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from candidatures.catalogue import dispositifs
from candidatures.catalogue.champs import Champ, ChampKind, Section, VoletSpec
from candidatures.catalogue.dispositifs import (
    FOLDER,
    every_spec,
    faults,
    faults_in_words,
    file_of,
    numeros,
    spec_of,
)
from candidatures.catalogue.faults import Mistake
from candidatures.catalogue.reading import read_dispositif, read_formulaire
from candidatures.enums import VoletKind
from candidatures.models import Formulaire
from candidatures.operations.dispositifs import DispositifConflict, load_dispositif
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.queries.volets import _former, answers_at, spec_of_volet
from candidatures.rules.answers import answer
from preuves.catalogue.files import rem_files_of
from preuves.catalogue.reading import read_rem
from segur_portal.demo.answers import complete
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make

DUI, ESSAI = "ms-dui-va2", "essai-va2"
ADDED = """
[[volets.eligibilite.sections.champs]]
code = "question_de_plus"
libelle = "Une question de plus"
"""


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The dispositifs, copied where a test may change them."""
    for code in (DUI, ESSAI):
        (tmp_path / f"{code}.toml").write_text(file_of(code).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(dispositifs, "FOLDER", tmp_path)
    dispositifs.read_also()
    _former.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    dispositifs.read_also(*settings.DISPOSITIF_FOLDERS, only=settings.DISPOSITIFS)
    _former.cache_clear()


def change(folder: Path, code: str, *changes: tuple[str, str]) -> None:
    """Rewrite the file of a dispositif, and have it read again."""
    path = folder / f"{code}.toml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    dispositifs.read_also()


def next_version(volet: str) -> tuple[str, str]:
    """The version of this volet of the DUI, and the line that gives it another one."""
    line = f'[volets.{volet}]\nversion = "{spec_of(DUI).volets[volet].version}"'
    return line, line.replace('"', '"2027-', 1)


def ask_one_more(folder: Path) -> None:
    """A second version of the éligibilité, with a champ more."""
    change(folder, DUI, next_version("eligibilite"))
    path = folder / f"{DUI}.toml"
    path.write_text(path.read_text(encoding="utf-8") + ADDED, encoding="utf-8")
    dispositifs.read_also()


# -- two dispositifs -------------------------------------------------------------------------------------------------


def test_two_dispositifs_are_open_in_every_test() -> None:
    assert {DUI, ESSAI} <= {spec.code for spec in every_spec()}
    assert dict(faults()) == {}


def test_nothing_of_one_is_in_the_other() -> None:
    dui, essai = spec_of(DUI), spec_of(ESSAI)

    assert not dui.profils.keys() & essai.profils.keys()
    assert not dui.teleservices.keys() & essai.teleservices.keys()
    assert dui.volets["eligibilite"].by_code["proxy"].unless_all == ("profils", frozenset({"AHI"}))
    assert essai.volets["eligibilite"].by_code["proxy"].unless_all is None
    assert "raison_d_essai" not in dui.volets["eligibilite"].by_code


def test_rem_of_the_trial_is_read_whole() -> None:
    files = rem_files_of(ESSAI)
    assert files is not None
    with files.workbook.open("rb") as file:
        reading = read_rem([(files.workbook.name, file)], spec_of(ESSAI), annotations=files.annotations)

    assert not reading.blocked, reading.problems
    assert len(reading.spec.chapitres) >= 6
    assert sum(len(chapitre.exigences) for chapitre in reading.spec.chapitres) >= 40


def test_questions_are_those_of_the_dispositif_that_is_asked(db: None) -> None:
    page = Client().get(reverse("guichets:questions")).content.decode()
    trial = Client().get(reverse("guichets:questions"), {"dispositif": ESSAI}).content.decode()
    answered = Client().get(reverse("guichets:questions"), {"dispositif": ESSAI, "profils": "SABLE"}).content.decode()

    assert ("Personnes âgées" in page, "Éditeurs du sable" in page) == (True, False)
    assert ("Personnes âgées" in trial, "Éditeurs du sable" in trial) == (False, True)
    assert "Téléservice Dune" in answered
    assert Client().get(reverse("guichets:questions"), {"dispositif": "inconnu"}).status_code == 200


def test_numbers_are_those_of_every_dispositif() -> None:
    assert set(numeros()) == {"nie", "nil", "nru_edc_utilisateur", "nru_edc_proxy"}


# -- versions --------------------------------------------------------------------------------------------------------


def test_formulaire_is_read_again_as_it_was() -> None:
    for spec in every_spec():
        for kind, asked in spec.formulaires.items():
            assert read_formulaire(kind, asked.contenu) == spec.volets[kind]


def test_draft_follows_and_what_was_submitted_does_not(catalogue: Path, team: Team) -> None:
    other = make.a_candidature(make.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire)
    submitted = make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    former = spec_of(DUI).volets["eligibilite"].version
    assert submitted.formulaire == former

    ask_one_more(catalogue)

    assert "question_de_plus" in spec_of_volet(make.the_volet(other, VoletKind.ELIGIBILITE)).by_code
    assert "question_de_plus" not in spec_of_volet(submitted).by_code
    page = Client()
    page.force_login(team.instructeur, backend="comptes.requests.PortalBackend")
    review = page.get(reverse("candidatures:volet_review", args=[team.candidature.nru, "eligibilite"]))
    assert "Une question de plus" not in review.content.decode()


def test_sample_answers_follow_a_champ_that_is_added(catalogue: Path, team: Team) -> None:
    ask_one_more(catalogue)

    submitted = make.a_submitted_volet(team.candidature, team.mandataire, kind=VoletKind.ELIGIBILITE)

    assert answers_at(submitted, version=submitted.version)["question_de_plus"] == "Réponse d’essai"


@pytest.mark.parametrize("kind", [kind for kind in ChampKind if kind not in ("piece", "list", "yes_no")])
def test_sample_answer_of_each_kind_is_one_that_somebody_may_type(kind: ChampKind) -> None:
    champ, choices = Champ("code", "Libellé", kind, choices="pays"), {"pays": {"FR": "France"}}
    given = complete({}, VoletSpec("eligibilite", "", "", (Section("", (champ,)),)), choices)

    assert answer(champ, given["code"], choices=choices) == given["code"]


def test_volet_that_is_asked_again_keeps_its_version(catalogue: Path, team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie, kind=VoletKind.ELIGIBILITE)
    make.a_demande(volet, team.instructeur, "nil")
    former = volet.formulaire
    ask_one_more(catalogue)

    volet = make.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    save_answers(
        volet_id=volet.pk, answers={"nil": "NIL-9"}, seen_version=volet.version, by=team.salarie, at=make.SUMMER
    )
    submit_volet(volet_id=volet.pk, by=team.mandataire, at=make.SUMMER, read=[])

    assert make.the_volet(team.candidature, VoletKind.ELIGIBILITE).formulaire == former


def test_what_is_asked_changes_with_its_version_alone(catalogue: Path, db: None) -> None:
    load_dispositif(spec=spec_of(DUI), at=make.OPENING)
    change(catalogue, DUI, ('libelle = "NIE"', 'libelle = "Le NIE"'))

    with pytest.raises(DispositifConflict, match="give what it now asks a new version"):
        load_dispositif(spec=spec_of(DUI), at=make.OPENING)


def test_champ_that_changes_its_nature_takes_another_code(catalogue: Path, db: None) -> None:
    load_dispositif(spec=spec_of(DUI), at=make.OPENING)
    change(
        catalogue,
        DUI,
        next_version("administratif"),
        ('libelle = "Site internet"', 'libelle = "Site internet"\nnature = "paragraphe"'),
    )

    with pytest.raises(DispositifConflict, match="entreprise_site changed its nature"):
        load_dispositif(spec=spec_of(DUI), at=make.OPENING)


def test_desk_more_changes_nothing_of_what_is_asked() -> None:
    text = (FOLDER / f"{DUI}.toml").read_text(encoding="utf-8")
    more = read_dispositif(
        text.replace("[guichets.cnda.teleservices]", "[guichets.annuaire]\n\n[guichets.cnda.teleservices]")
    )

    assert {kind: formulaire.sha256 for kind, formulaire in more.formulaires.items()} == {
        kind: formulaire.sha256 for kind, formulaire in spec_of(DUI).formulaires.items()
    }


def test_published_formulaire_is_never_rewritten(team: Team) -> None:
    from django.db import DatabaseError, transaction

    make.a_submitted_volet(team.candidature, team.salarie)
    with pytest.raises(DatabaseError), transaction.atomic():
        Formulaire.objects.update(contenu={})


# -- a file that is wrong --------------------------------------------------------------------------------------------


def test_dispositif_whose_file_is_wrong_stays_shut_and_the_others_open(catalogue: Path, db: None) -> None:
    change(catalogue, ESSAI, ('code = "nil"', 'code = "nill"'))

    assert [spec.code for spec in every_spec()] == [DUI]
    assert [mistake.key for mistake in faults()[ESSAI]] == ["volets.eligibilite"]
    with pytest.raises(CommandError, match="essai-va2"):
        call_command("load_dispositif", verbosity=0)
    assert load_dispositif(spec=spec_of(DUI), at=make.OPENING).pk == DUI


def test_later_of_two_with_one_prefix_stays_shut(catalogue: Path) -> None:
    change(catalogue, ESSAI, ('prefixe_nru = "ESS"', 'prefixe_nru = "DUI"'))

    # In the order of their names, in one folder.
    assert faults_in_words() == [
        "ms-dui-va2.toml, ligne 9, prefixe_nru\u00a0: le préfixe DUI est déjà celui de essai-va2."
    ]


def test_copy_that_keeps_its_code_stays_shut(catalogue: Path) -> None:
    text = (catalogue / f"{ESSAI}.toml").read_text(encoding="utf-8")
    (catalogue / "autre-va2.toml").write_text(text, encoding="utf-8")
    dispositifs.read_also()

    assert faults()["autre-va2"] == (Mistake(5, "code", "il faut «\u00a0autre-va2\u00a0», comme le fichier."),)


def test_only_those_that_are_named_are_open(catalogue: Path) -> None:
    dispositifs.read_also(only=[DUI, "inconnu"])

    assert [spec.code for spec in every_spec()] == [DUI]
    assert "inconnu" in faults()


def test_subset_of_the_exempt_profils_is_exempt() -> None:
    champ = replace(spec_of(DUI).volets["eligibilite"].by_code["proxy"], unless_all=("profils", frozenset({"A", "B"})))
    from candidatures.catalogue.champs import is_asked

    asked = {profils: is_asked(champ, {"profils": list(profils)}) for profils in ("A", "B", "AB", "AC", "")}
    assert asked == {"A": False, "B": False, "AB": False, "AC": True, "": True}
    assert champ.kind is ChampKind.CHOICE
