"""Acts on many candidatures that need the whole process: each is read with what it sends before it is done."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from candidatures.enums import GesteDeLot, VoletKind
from candidatures.models import Candidature, Demande, Lot, Message, ModeleDeDemande
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.derogations import grant_derogation, request_derogation
from candidatures.operations.lots import open_lot, run_lot
from candidatures.operations.modeles import create_modele
from candidatures.operations.reservations import claim_volet
from candidatures.queries.lots import Progress, progress_of
from candidatures.sweeps import run_lots
from comptes import clock, effects
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from referencement.models import Examen
from referencement.operations.forclusions import foreclose_on_photo
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories.referencement import a_listed_examen, a_photo
from tests.factories.tours import project_everything
from tests.ground import standing
from tests.referencement.test_seances import AT as SITTING_AT
from tests.referencement.test_seances import Sitting, a_sitting

sitting = standing(a_sitting)
AT, DAY = make.SUMMER, timedelta(days=1)
LATE = make.DATE_1 + 3 * DAY


def another(team: Team, nom: str) -> Candidature:
    return make.a_candidature(make.a_produit(team.editeur, team.mandataire, nom), team.mandataire)


def a_modele() -> ModeleDeDemande:
    return create_modele(
        dispositif_code=make.DUI,
        kind=VoletKind.ADMINISTRATIF,
        titre="Version illisible",
        champs=["version_technique"],
        text="Précisez la version.",
        by=make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]),
        at=AT,
    )


def done(
    geste: GesteDeLot, team: Team, keys: list[int], *, by: Compte | None = None, at: Any = AT, **params: Any
) -> Progress:
    items = {key: {"seen": None} for key in keys}
    lot = open_lot(geste=geste, params=params, items=items, by=by or team.instructeur, at=at)
    run_lot(lot_id=lot.pk, most=10, at=at)
    return progress_of(lot)


def post(client: Any, **typed: Any) -> Any:
    return client.post(reverse("referencement:lot_new"), typed)


# -- a demande de compléments ----------------------------------------------------------------------------------------


def test_modele_is_sent_where_the_volet_is_to_be_read_and_the_others_are_named(team: Team, sign_in: Any) -> None:
    draft, held = another(team, "Alizé Foyer"), another(team, "Mistral")
    make.a_submitted_volet(team.candidature, team.mandataire)
    colleague = make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Anne", last_name="Martin")
    claim_volet(volet_id=make.a_submitted_volet(held, team.mandataire).pk, by=colleague, at=AT)
    nrus = [team.candidature.nru, draft.nru, held.nru]
    asked = {"geste": "completer", "c": nrus, "modele": a_modele().pk, "due_date": "2026-08-01"}
    with clock.travel(AT):
        client = sign_in(team.instructeur)
        assert "Version illisible" in post(client, geste="completer", c=nrus).content.decode()
        read = post(client, **asked, voir="1")
        page = read.content.decode()
        assert (read.context["done"], read.context["sends"]) == (1, 3)
        for text in ("Ce volet n’est pas à examiner.", "Ce volet est examiné par Anne Martin", "Précisez la version."):
            assert text in page
        assert "au plus tard le 1er\u00a0août" in read.context["example"].body
        assert not Demande.objects.exists()

        result = client.get(post(client, **asked, confirmer="1").url).content.decode()

    demande = Demande.objects.get()
    assert (demande.volet.candidature_id, demande.champs) == (team.candidature.pk, ["version_technique"])
    assert demande.due_at is not None
    assert demande.due_at.date() == date(2026, 8, 1)
    assert Notice.objects.filter(kind="candidatures.complement_asked").count() == 3
    assert "Anne Martin" in result
    assert "encore en cours de saisie" in result


def test_volet_that_changed_since_the_preview_is_not_asked(team: Team, sign_in: Any) -> None:
    volet = make.a_submitted_volet(team.candidature, team.mandataire)
    modele, nru = a_modele(), team.candidature.nru
    with clock.travel(AT):
        client = sign_in(team.instructeur)
        asked = {"geste": "completer", "c": [nru], "modele": modele.pk}
        page = post(client, **asked, voir="1").content.decode()
        assert f'name="seen-{nru}" value="{volet.version}"' in page
        post(client, **asked, confirmer="1", **{f"seen-{nru}": volet.version - 1})

    assert not Demande.objects.exists()
    assert progress_of(Lot.objects.get()).refused == 1


def test_modele_of_another_demarche_is_refused(team: Team) -> None:
    produit = make.a_produit(team.editeur, team.mandataire, "Essai")
    elsewhere = make.a_candidature(produit, team.mandataire, code=make.ESSAI)
    make.a_submitted_volet(elsewhere, team.mandataire)

    progress = done(GesteDeLot.ASK, team, [elsewhere.pk], modele=a_modele().pk, due_date=None)

    assert progress.lines[0].reason == "Ce modèle est celui d’une autre démarche."


# -- a reminder ------------------------------------------------------------------------------------------------------


def test_editeur_is_reminded_of_what_it_has_to_do_once_a_day(team: Team, sign_in: Any) -> None:
    gone = another(team, "Ponant")
    withdraw_candidature(candidature_id=gone.pk, by=team.mandataire, at=AT)
    project_everything(at=AT)
    keys = [team.candidature.pk, gone.pk]
    with clock.travel(AT):
        read = post(sign_in(team.instructeur), geste="relancer", c=[team.candidature.nru, gone.nru])
        assert (read.context["done"], read.context["sends"]) == (1, 3)
        assert "Rien n’est à faire par l’éditeur." in read.content.decode()
        assert "ce volet n’est pas soumis" in read.context["example"].body

        first = done(GesteDeLot.REMIND, team, keys)
        effects.deliver_to(team.mandataire.email)
    assert (first.done, first.refused) == (1, 1)
    told = Notice.objects.filter(kind="referencement.relance")
    assert told.count() == 3
    assert "L’ANS attend une action de votre part" in told.get(compte=team.mandataire).body

    again = done(GesteDeLot.REMIND, team, keys[:1], at=AT + DAY - timedelta(seconds=1))
    assert again.lines[0].reason.startswith("L’éditeur a déjà été relancé le 1er\u00a0juillet")
    assert done(GesteDeLot.REMIND, team, keys[:1], at=AT + DAY).done == 1


# -- the same message ------------------------------------------------------------------------------------------------


def test_message_is_read_as_it_will_be_received(team: Team, sign_in: Any) -> None:
    with clock.travel(AT):
        client = sign_in(team.instructeur)
        typed = {"geste": "ecrire", "c": [team.candidature.nru], "text": "Réunion mardi."}
        read = post(client, **typed, voir="1")
        assert (read.context["sends"], "Réunion mardi." in read.context["example"].body) == (3, True)
        assert "Modifier" in read.content.decode()
        assert post(client, **typed, modifier="1").context["preview"] is False
        assert not Message.objects.exists()
        post(client, **typed, confirmer="1")

    assert Message.objects.get().text == "Réunion mardi."


# -- the agenda of a séance ------------------------------------------------------------------------------------------


def test_secretaire_lists_and_each_obstacle_is_named(team: Team, sign_in: Any) -> None:
    examen = a_listed_examen(another(team, "Tramontane"), is_open=False)
    seance, secretaire = examen.seance, examen.seance.secretaire
    project_everything(at=AT)
    with clock.travel(AT):
        instructeur, client = sign_in(team.instructeur), sign_in(secretaire)
        assert post(instructeur, geste="inscrire", c=[team.candidature.nru]).status_code == 403
        assert post(client, geste="attribuer", c=[team.candidature.nru]).status_code == 403
        page = client.get(reverse("referencement:instruction")).content.decode()
        assert "Inscrire à une séance du collège" in page
        assert "Attribuer à une personne" not in page
        read = post(client, geste="inscrire", c=[team.candidature.nru], seance=seance.pk, voir="1").content.decode()
        assert "pas prête pour une séance" in read

    keys = [team.candidature.pk, examen.candidature_id]
    progress = done(GesteDeLot.ENLIST, team, keys, by=secretaire, seance=seance.pk)

    assert progress.refused == 2
    reasons = {line.pk: line.reason for line in progress.lines}
    assert "déjà à l’ordre du jour" in reasons[examen.candidature_id]
    assert "volet" in reasons[team.candidature.pk].lower()
    assert Examen.objects.count() == 1


def test_ready_dossier_is_listed(sitting: Sitting) -> None:
    candidature, at = sitting.parties.candidature, SITTING_AT
    params = {"seance": sitting.seance.pk}
    lot = open_lot(geste=GesteDeLot.ENLIST, params=params, items={candidature.pk: {}}, by=sitting.secretaire, at=at)
    run_lot(lot_id=lot.pk, most=10, at=at)

    assert progress_of(lot).done == 1
    assert Examen.objects.get().candidature == candidature


# -- closings to be read ---------------------------------------------------------------------------------------------


def test_closings_are_prepared_then_read_and_reasoned_one_by_one(team: Team, sign_in: Any) -> None:
    responsable = make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    in_time, closed = another(team, "Alizé Foyer"), another(team, "Ponant")
    make.a_dossier_handed_over(in_time, team.mandataire)
    photos = {candidature.pk: a_photo(candidature) for candidature in (team.candidature, in_time, closed)}
    foreclose_on_photo(photo_id=photos[closed.pk].pk, reason="Rien.", by=responsable, at=LATE)
    nrus = [team.candidature.nru, in_time.nru, closed.nru]
    with clock.travel(LATE):
        client = sign_in(team.instructeur)
        read = post(client, geste="preparer", c=nrus)
        assert (read.context["done"], read.context["sends"]) == (1, 0)
        assert "Aucun constat n’établit un retard." in read.content.decode()
        lot = post(client, geste="preparer", c=nrus, confirmer="1").url
        assert Candidature.objects.get(pk=team.candidature.pk).state == "open"

        office = sign_in(responsable)
        assert lot in office.get(reverse("referencement:photos")).content.decode()
        page = office.get(lot).content.decode()
        assert page.count("Lire et motiver la clôture") == 1
        foreclose = reverse("referencement:foreclose")
        number = Lot.objects.get().pk
        typed = {"photo": photos[team.candidature.pk].pk, "lot": number}
        assert f'name="lot" value="{number}"' in office.get(foreclose, typed).content.decode()
        after = office.post(foreclose, {**typed, "motif": "Rien n’a été soumis."}, follow=True)

    assert after.redirect_chain[-1][0] == lot
    assert "Lire et motiver" not in after.content.decode()
    assert Candidature.objects.get(pk=team.candidature.pk).state == "foreclosed"


@pytest.mark.parametrize("is_granted", [True, False])
def test_closing_that_was_prepared_ends_with_a_derogation_or_once_the_editeur_caught_up(
    team: Team, sign_in: Any, is_granted: bool
) -> None:
    responsable, other = (make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]) for _ in range(2))
    a_photo(team.candidature)
    photos = reverse("referencement:photos")
    with clock.travel(LATE):
        lot = post(sign_in(team.instructeur), geste="preparer", c=[team.candidature.nru], confirmer="1").url
        office = sign_in(responsable)
        assert lot in office.get(photos).content.decode()
        until = LATE + 20 * DAY if is_granted else LATE - DAY
        given = {"candidature_id": team.candidature.pk, "echeance": "date-1", "motive": "Un sinistre."}
        since = LATE if is_granted else LATE - 2 * DAY
        asked = request_derogation(to=until, **given, by=responsable, at=since)
        grant_derogation(derogation_id=asked.pk, by=other, at=since)
        if not is_granted:
            make.a_dossier_handed_over(team.candidature, team.mandataire, until)

        assert "Clôtures préparées" not in office.get(photos).content.decode()
        assert "Lire et motiver" not in office.get(lot).content.decode()


# -- how far a lot is ------------------------------------------------------------------------------------------------


def test_progress_comes_by_itself_until_all_is_done(team: Team, sign_in: Any) -> None:
    keys = [team.candidature.pk, another(team, "Mistral").pk]
    items = {key: {"seen": None} for key in keys}
    lot = open_lot(geste=GesteDeLot.LABEL, params={"nom": "Recours"}, items=items, by=team.instructeur, at=AT)
    run_lot(lot_id=lot.pk, most=1, at=AT)
    client, address = sign_in(team.instructeur), reverse("referencement:lot", args=[lot.pk])

    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 3s"' in part
    assert "<h1" not in part
    run_lots()

    assert "hx-trigger" not in client.get(address, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("more", [0, 2])
def test_pages_ask_the_same_for_more_candidatures(
    team: Team, sign_in: Any, django_assert_num_queries: Any, more: int
) -> None:
    nrus = [team.candidature.nru, *(another(team, f"Mistral {number}").nru for number in range(more))]
    project_everything(at=AT)
    with clock.travel(AT):
        client = sign_in(team.instructeur)
        post(client, geste="ecrire", c=nrus, text="Bonjour.", voir="1")
        with django_assert_num_queries(10):
            post(client, geste="ecrire", c=nrus, text="Bonjour.", voir="1")
