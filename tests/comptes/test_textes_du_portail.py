"""The texts that are changed on screen: variables of a closed list, drafts, two people, and what then wins."""

from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from candidatures.catalogue.dispositifs import recours_of, spec_of
from candidatures.models import Charte
from candidatures.operations.dispositifs import load_dispositif
from candidatures.queries.candidatures import charte_accepted, charte_of
from candidatures.queries.textes import recours_in_force
from comptes import clock, effects, notices
from comptes.enums import Role, RoleANS
from comptes.models import Compte, JournalEntry, Notice, VersionDeTexte
from comptes.operations.textes import (
    TexteMisfilled,
    TexteNotPossible,
    discard_texte,
    give_back_texte,
    publish_texte,
    send_trial,
    write_texte,
)
from comptes.queries.textes import familles, lettres, texte_of
from comptes.rules.variables import Variable, faults_of, filled
from referencement.queries.conventions import quotes_of
from referencement.queries.textes import convention_in_force
from referencement.rules.convention import data_of
from tests.candidatures.test_demandes import text_of
from tests.comptes.test_concurrency import at_once
from tests.factories import candidatures as make
from tests.factories.candidatures import DUI, ESSAI, SUMMER
from tests.factories.comptes import CompteFactory

ADMITTED = "lettre.candidatures.volet_admitted"
WORDS = "Bonne nouvelle pour {solution}.\n\nVoir la suite\u00a0:\n{lien}"
VARIABLES = (Variable("solution"), Variable("lien", required=True))


# -- the rule ----------


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (WORDS, ()),
        (
            "Une\nligne {soluton}, {lien}",
            ("Ligne 2, caractère 7\u00a0: la variable {soluton} n’existe pas. Vouliez-vous écrire {solution}\u00a0?",),
        ),
        ("{zzz} {lien}", ("Ligne 1, caractère 1\u00a0: la variable {zzz} n’existe pas.",)),
        ("{lien} {solution", ("Ligne 1, caractère 8\u00a0: cette accolade n’a pas sa pareille.",)),
        ("{solution}", ("La variable {lien} doit rester dans le texte.",)),
    ],
)
def test_misspelt_variable_is_named_with_its_place(text: str, faults: tuple[str, ...]) -> None:
    assert faults_of(text, VARIABLES) == faults


def test_value_that_holds_braces_is_printed_as_it_is() -> None:
    assert filled("{solution} {lien}", {"solution": "{lien}", "lien": "https://…"}) == "{lien} https://…"
    assert filled("de {nom}, que {nom}", {"nom": "Alizé"}) == "d’Alizé, qu’Alizé"
    assert filled("de {nom}", {"nom": "Sirocco"}) == "de Sirocco"
    assert filled("de {autre}", {"nom": "Sirocco"}) == "de {autre}"


# -- the letters ----------


@pytest.fixture
def administrateur(db: None) -> Compte:
    made: Compte = CompteFactory(administrateur=True, first_name="Anne", last_name="Le Goff")
    return made


@pytest.fixture
def other(db: None) -> Compte:
    made: Compte = CompteFactory(administrateur=True, first_name="Malo", last_name="Riou")
    return made


def write(cle: str, by: Compte, corps: str = WORDS, seen: int = 0, objet: str = "") -> VersionDeTexte:
    return write_texte(cle=cle, seen=seen, objet=objet, corps=corps, by=by, at=clock.now())


def test_each_kind_of_notification_has_its_text_and_each_variable_its_name() -> None:
    kinds = {kind.code for kind in notices.every_kind()} - {"comptes.texte_essai"}

    assert {lettre.cle.removeprefix("lettre.") for lettre in lettres()} == kinds
    for lettre in lettres():
        assert faults_of(lettre.corps, lettre.variables) == ()


def an_admission(by: Compte) -> Notice:
    editeur = make.an_editeur()
    person = make.a_person(editeur, Role.MANDATAIRE)
    candidature = make.a_candidature(make.a_produit(editeur, person), person)
    return Notice.objects.create(
        kind="candidatures.volet_admitted",
        address=f"volet:{candidature.nru}/administratif",
        compte=person,
        email=person.email,
        posted_at=SUMMER,
        next_attempt_at=SUMMER,
        message_id=notices.new_message_id(),
    )


def test_words_changed_on_screen_win_once_in_force_and_can_be_given_back(administrateur: Compte) -> None:
    notice = an_admission(administrateur)
    kind = notices.kind(notice.kind)
    before = kind.render(notice)
    version = write(ADMITTED, administrateur, objet="{solution}\u00a0: un volet recevable")

    assert kind.render(notice) == before
    publish_texte(version_id=version.pk, by=administrateur, at=clock.now())
    after = kind.render(notice)
    assert after.subject == "Sirocco Résidence\u00a0: un volet recevable"
    assert after.body.startswith("Bonne nouvelle pour Sirocco Résidence.\n\nVoir la suite\u00a0:\nhttp")
    give_back_texte(cle=ADMITTED, by=administrateur, at=clock.now())
    assert kind.render(notice) == before
    acts = JournalEntry.objects.filter(act__startswith="texte.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["texte.written", "texte.published", "texte.given_back"]


def test_trial_is_written_with_a_real_dossier_and_reaches_its_asker_alone(administrateur: Compte) -> None:
    an_admission(administrateur)
    version = write(ADMITTED, administrateur)
    send_trial(version_id=version.pk, by=administrateur, at=clock.now())

    effects.deliver_to(administrateur.email)
    assert [(sent.to, sent.subject[:6]) for sent in mail.outbox] == [([administrateur.email], "Essai\u00a0")]
    assert "Bonne nouvelle pour Sirocco Résidence." in mail.outbox[0].body


def test_faults_are_named_and_nothing_is_kept(administrateur: Compte) -> None:
    with pytest.raises(TexteMisfilled) as refused:
        write(ADMITTED, administrateur, "Bonjour {soluton}", objet="{solutions}")

    assert set(refused.value.faults) == {"objet", "corps"}
    assert "{solution}" in refused.value.faults["objet"]
    assert not VersionDeTexte.objects.exists()


def test_second_writer_is_told_and_keeps_what_they_typed(administrateur: Compte, other: Compte, sign_in: Any) -> None:
    write(ADMITTED, other, "Le texte de Malo. {solution} {lien}")
    mine = {"seen": 0, "objet": "", "corps": "Le texte d’Anne. {solution} {lien}"}
    client = sign_in(administrateur)

    page = client.post(reverse("comptes:texte", args=[ADMITTED]), mine)
    assert page.status_code == 422
    assert "Malo Riou a enregistré entre-temps la version 1" in text_of(page)
    assert "Le texte d’Anne." in text_of(page)
    assert VersionDeTexte.objects.count() == 1
    again = client.post(reverse("comptes:texte", args=[ADMITTED]), mine | {"seen": 1})
    assert again.status_code == 302
    assert VersionDeTexte.objects.get(ended_at=None).written_by == administrateur


def test_version_that_never_was_is_refused_in_words(administrateur: Compte, sign_in: Any) -> None:
    mine = {"seen": 3, "objet": "", "corps": "Le texte d’Anne. {solution} {lien}"}

    page = sign_in(administrateur).post(reverse("comptes:texte", args=[ADMITTED]), mine)

    assert page.status_code == 422
    assert "Ce texte n’a pas encore de version." in text_of(page)
    assert "Le texte d’Anne." in text_of(page)
    assert page.context["form"]["seen"].value() == "0"


def test_misspelt_variable_is_named_on_the_page_and_what_was_typed_stays(administrateur: Compte, sign_in: Any) -> None:
    typed = {"seen": 0, "objet": "Un volet de {solutoin}", "corps": "Bravo.\n{soluton} avance.\n{lien}"}

    page = sign_in(administrateur).post(reverse("comptes:texte", args=[ADMITTED]), typed)

    assert page.status_code == 422
    text = text_of(page).replace("\u00a0", " ")
    assert "Ligne 2, caractère 1 : la variable {soluton} n’existe pas. Vouliez-vous écrire {solution} ?" in text
    assert "Ligne 1, caractère 13 : la variable {solutoin} n’existe pas." in text
    form = page.context["form"]
    assert {name: form[name].value() for name in ("objet", "corps")} == {
        "objet": typed["objet"],
        "corps": typed["corps"],
    }
    assert not VersionDeTexte.objects.exists()
    assert page.context["preview"]


def test_draft_that_was_written_again_meanwhile_is_not_put_in_force(
    administrateur: Compte, other: Compte, sign_in: Any
) -> None:
    read = write(ADMITTED, administrateur)
    write_texte(cle=ADMITTED, seen=1, objet="", corps=f"De Malo. {WORDS}", by=other, at=clock.now())

    address = reverse("comptes:texte_act", args=[ADMITTED, "publier"])
    page = sign_in(administrateur).post(address, {"version": read.pk}, follow=True)

    assert "Cette version n’est plus un brouillon." in text_of(page)
    assert not VersionDeTexte.objects.in_force().exists()
    assert VersionDeTexte.objects.drafts().get().corps.startswith("De Malo.")


@pytest.mark.django_db(transaction=True)
def test_two_people_who_write_at_once_are_one_and_the_other_is_told() -> None:
    writers = [CompteFactory(administrateur=True, last_name=name) for name in ("Riou", "Le Goff")]

    results = at_once(*(partial(write, ADMITTED, writer) for writer in writers))

    assert sorted(type(result).__name__ for result in results) == ["TexteNotPossible", "VersionDeTexte"]
    refused = next(result for result in results if isinstance(result, TexteNotPossible))
    assert "a enregistré entre-temps la version 1" in refused.reasons[0]
    assert VersionDeTexte.objects.count() == 1


def test_letter_with_a_code_for_one_use_is_shown_with_names(administrateur: Compte, sign_in: Any) -> None:
    page = sign_in(administrateur).get(reverse("comptes:texte", args=["lettre.referencement.signature_code"]))

    assert "[code]" in text_of(page)
    assert "Aucun dossier ne convient" in text_of(page)


# -- what binds others ----------


@pytest.mark.django_db
@pytest.mark.parametrize("code", [DUI, ESSAI])
def test_text_that_binds_is_put_in_force_by_somebody_else(code: str, administrateur: Compte) -> None:
    make.a_dispositif(code)
    responsable = CompteFactory(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    version = write(f"recours.{code}", administrateur, "Vous pouvez contester.\n\nÉcrivez-nous.")

    assert Notice.objects.get(kind="comptes.texte_waiting").compte == responsable
    with pytest.raises(TexteNotPossible, match="une autre personne que celle qui l’a écrit"):
        publish_texte(version_id=version.pk, by=administrateur, at=clock.now())
    publish_texte(version_id=version.pk, by=responsable, at=clock.now())
    assert recours_in_force(code).paragraphs == ("Vous pouvez contester.", "Écrivez-nous.")
    others = {DUI, ESSAI} - {code}
    assert [recours_in_force(other) for other in others] == [recours_of(other) for other in others]
    with pytest.raises(TexteNotPossible, match="repartez du texte du fichier"):
        give_back_texte(cle=f"recours.{code}", by=administrateur, at=clock.now())


@pytest.mark.django_db
def test_charte_changed_on_screen_is_accepted_anew_and_the_file_never_overwrites(
    administrateur: Compte, other: Compte
) -> None:
    editeur = make.an_editeur()
    person = make.a_person(editeur, Role.MANDATAIRE)
    candidature = make.a_candidature(make.a_produit(editeur, person), person)
    version = write(f"charte.{DUI}", administrateur, "La charte change.")
    publish_texte(version_id=version.pk, by=other, at=clock.now())

    assert charte_of(candidature.dispositif).texte == "La charte change."
    assert not charte_accepted(candidature)
    count = Charte.objects.count()
    load_dispositif(spec=spec_of(DUI), at=clock.now())
    assert Charte.objects.count() == count
    printed = StringIO()
    call_command("load_dispositif", DUI, stdout=printed)
    assert "la version 1, changée à l’écran, l’emporte sur le fichier." in printed.getvalue()


@pytest.mark.django_db
def test_convention_is_prepared_with_the_articles_in_force(administrateur: Compte, other: Compte) -> None:
    editeur = make.an_editeur()
    person = make.a_person(editeur, Role.MANDATAIRE)
    candidature = make.a_candidature(make.a_produit(editeur, person), person)
    cle = f"convention.{DUI}"
    with pytest.raises(TexteMisfilled, match="Commencez par le titre"):
        write(cle, administrateur, "Sans titre.")
    version = write(cle, administrateur, "# Objet\n\nLa solution {solution}.\n\n# Durée\n\nTrois ans.")
    publish_texte(version_id=version.pk, by=other, at=clock.now())

    data = data_of(convention_in_force(DUI), quotes_of(candidature), numero="CONV")
    assert data["articles"] == [
        {"titre": "Objet", "paragraphes": ["La solution Sirocco Résidence."]},
        {"titre": "Durée", "paragraphes": ["Trois ans."]},
    ]
    assert convention_in_force(ESSAI).articles != convention_in_force(DUI).articles


@pytest.mark.django_db
def test_articles_of_the_file_are_the_same_once_written_as_one_text() -> None:
    for code in (DUI, ESSAI):
        texte = texte_of(f"convention.{code}")
        assert texte is not None
        famille = next(famille for famille in familles() if famille.code == "convention")
        assert (faults_of(texte.corps, texte.variables), famille.faults(texte.corps)) == ((), ())


def test_draft_that_is_given_up_stays_in_the_history(administrateur: Compte, sign_in: Any) -> None:
    version = write(ADMITTED, administrateur)
    discard_texte(version_id=version.pk, by=administrateur, at=clock.now())

    page = text_of(sign_in(administrateur).get(reverse("comptes:texte", args=[ADMITTED])))
    assert "Remplacée ou abandonnée" in page
    assert JournalEntry.objects.latest("pk").act == "texte.discarded"
    with pytest.raises(TexteNotPossible, match="n’est plus un brouillon"):
        publish_texte(version_id=version.pk, by=administrateur, at=clock.now())


def test_instructeur_neither_reads_nor_writes(db: None, sign_in: Any) -> None:
    instructeur = CompteFactory(instructeur=True)

    assert sign_in(instructeur).get(reverse("comptes:textes")).status_code == 403
    with pytest.raises(TexteNotPossible, match="Seul un administrateur"):
        write(ADMITTED, instructeur)
