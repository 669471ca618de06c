"""The ready reasons: what they may hold, where they are proposed, how their uses are counted, who keeps them."""

import pytest
from django.urls import reverse

from comptes import journal
from comptes.models import JournalEntry
from preuves.catalogue.motifs import MOTIFS
from preuves.enums import Act, Avis
from preuves.models import Chapitre, MotifPret
from preuves.operations.motifs import MotifNotKept, change_motif, retire_motif, write_motif
from preuves.queries.motifs import motifs_for
from preuves.rules.motifs import Place, says, why_not_written
from tests.candidatures.conftest import Team
from tests.factories import preuves as make
from tests.preuves.test_examen import SignIn, address, avis, text_of
from tests.preuves.test_instruction import AT, ONE, SECOND, TWO, claim, conclude, draft

HERE = Place(make.DUI, "MAT", "")


@pytest.mark.parametrize(
    ("reason", "is_ready"),
    [
        ("La preuve MAT.01 n’a pas de date.", True),
        ("Page 2.\nLa preuve MAT.01 n’a\u00a0pas de date. Voir le guide.", True),
        ("La preuve MAT.01 n’a pas de version.", False),
        ("La preuve  n’a pas de date.", False),
        ("", False),
    ],
)
def test_verdict_says_a_ready_reason(reason: str, is_ready: bool) -> None:
    assert says(reason, "La preuve {preuve} n’a pas de date.") is is_ready


def test_ready_reason_is_filled_with_its_article() -> None:
    assert says("Le nom d’Alizé Foyer manque.", "Le nom de {solution} manque.")


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("La preuve {preuve} est floue.", 0),
        ("", 1),
        ("La preuve {preuv} est floue.", 1),
        ("Une accolade { seule.", 1),
        ("{preuve.__class__}", 1),
        ("x" * 501, 1),
    ],
)
def test_ready_reason_that_may_not_be_kept(text: str, reasons: int) -> None:
    assert len(why_not_written(text)) == reasons


def sentences_of(place: Place) -> list[str]:
    return [motif.text for motif in motifs_for(place)]


@pytest.fixture
def chapitre(team: Team) -> Chapitre:
    return make.a_submitted_chapitre(team.candidature, team.salarie)


def test_proposed_by_chapitre_and_nature_before_what_is_said_everywhere(team: Team) -> None:
    by = {"by": team.instructeur, "at": AT}
    write_motif(text="Du chapitre.", place=HERE, **by)
    write_motif(text="Des vidéos.", place=Place(nature="VIDEO"), **by)
    write_motif(text="D’un autre.", place=Place(make.DUI, "INS"), **by)

    everywhere = list(MOTIFS.values())
    assert sentences_of(Place(make.DUI, "MAT", "VIDEO")) == ["Du chapitre.", "Des vidéos.", *everywhere]
    assert sentences_of(Place(make.DUI, "MAT", "TEXTE")) == ["Du chapitre.", *everywhere]
    assert sentences_of(Place("essai-va2", "MAT", "TEXTE")) == everywhere


def test_changed_and_retired_sentences_of_the_catalogue_come_back_no_more(team: Team) -> None:
    by = {"by": team.instructeur, "at": AT}
    change_motif(key="other", text="Autre chose.", place=Place(), **by)
    retire_motif(key="undated", **by)

    left = [text for code, text in MOTIFS.items() if code not in ("other", "undated")]
    assert sorted(sentences_of(HERE)) == sorted(["Autre chose.", *left])


def test_second_of_two_who_change_a_motif_is_told_and_given_his_text_back(team: Team, sign_in: SignIn) -> None:
    motif = write_motif(text="À dater.", place=HERE, by=team.instructeur, at=AT)
    change_motif(key=str(motif.pk), text="À dater du jour.", place=HERE, by=team.instructeur, at=AT + SECOND)
    typed = {"text": "À dater, svp.", "chapitre": f"{make.DUI}/MAT", "nature": "VIDEO"}

    make.a_submitted_chapitre(team.candidature, team.salarie)
    page = sign_in(team.instructeur).post(reverse("preuves:motif_edit", args=[motif.pk]), typed)

    assert f"{team.instructeur} a changé ou retiré ce motif" in text_of(page)
    assert "À dater, svp." in text_of(page)
    assert list(MotifPret.objects.current().values_list("text", flat=True)) == ["À dater du jour."]


def test_uses_are_counted_when_the_verdicts_are_given(team: Team, chapitre: Chapitre) -> None:
    own = write_motif(text="La preuve {preuve} est floue.", place=HERE, by=team.instructeur, at=AT)
    claim(chapitre, team.instructeur)
    draft(chapitre, team.instructeur, ONE, Avis.TO_CORRECT, f"La preuve {ONE} est floue. Page 3.")
    draft(chapitre, team.instructeur, TWO, Avis.TO_CORRECT, f"La preuve {TWO} est floue.\n{MOTIFS['incomplete']}")
    conclude(chapitre, team.instructeur)

    counted = {motif.text: motif.uses for motif in motifs_for(HERE) if motif.uses}
    assert counted == {"La preuve {preuve} est floue.": 2, MOTIFS["incomplete"]: 1}
    changed = change_motif(key=str(own.pk), text="Floue.", place=HERE, by=team.instructeur, at=AT + SECOND)
    assert changed.uses == 2


def test_page_shows_uses_and_keeps_motifs(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    client = sign_in(team.instructeur)
    typed = {"text": "La preuve {preuve} est floue.", "chapitre": f"{make.DUI}/MAT", "nature": "VIDEO"}

    told = client.post(reverse("preuves:motif_new"), typed, follow=True)

    assert "Le motif prêt est enregistré" in text_of(told)
    assert "La preuve {preuve} est floue." in text_of(told)
    assert "0 fois" in text_of(told)
    motif = MotifPret.objects.get()
    client.post(reverse("preuves:motif_retire", args=[motif.pk]))
    assert not MotifPret.objects.current().exists()
    written = JournalEntry.objects.filter(act__in=[Act.MOTIF_WRITTEN, Act.MOTIF_RETIRED]).order_by("number")
    assert [line.sentence for line in journal.lines(written)] == [
        f"Motif prêt n° {motif.pk} écrit (chapitre MAT ({make.DUI}), Vidéo)",
        f"Motif prêt n° {motif.pk} retiré",
    ]


@pytest.mark.parametrize("text", ["", "La preuve {preuv} est floue.", "mot " * 200])
def test_refused_motif_is_given_back(team: Team, sign_in: SignIn, text: str) -> None:
    page = sign_in(team.instructeur).post(reverse("preuves:motif_new"), {"text": text, "nature": "VIDEO"})

    assert page.status_code == 422
    assert page.context["form"].errors
    assert text.strip() in text_of(page)
    assert not MotifPret.objects.exists()


def test_only_who_instructs_keeps_motifs(team: Team) -> None:
    with pytest.raises(MotifNotKept, match="Seuls les instructeurs"):
        write_motif(text="À dater.", place=HERE, by=team.salarie, at=AT)


def test_button_inserts_the_motif_and_stays_on_the_preuve(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    """Without JavaScript; nothing typed is lost, and a motif that a colleague retires meanwhile is still inserted."""
    claim(chapitre, team.instructeur)
    motif = write_motif(text="Montrez {exigence}.", place=HERE, by=team.instructeur, at=AT)
    retire_motif(key=str(motif.pk), by=team.instructeur, at=AT)

    answer = sign_in(team.instructeur).post(
        address(team, "avis"), avis(chapitre, reason="Page 2.", motif=str(motif.pk), action="inserer"), follow=True
    )

    assert answer.context["form"]["reason"].value() == "Page 2.\nMontrez MAT.01."
    assert answer.context["line"].numero == ONE
