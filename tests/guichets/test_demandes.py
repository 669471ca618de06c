from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from guichets.models import Anomalie, DemandeAuGuichet
from guichets.operations.demandes import DemandeConflict, DemandeNotRecordable, correct_demande, end_demande
from tests.candidatures.conftest import all_at_once
from tests.factories import guichets as make
from tests.factories.guichets import MORNING, again
from tests.preuves.conftest import make_team_to_prove


def correct(demande, by, **changes):
    given = {"numero": demande.numero, "nil": "NIL-1", "logiciel": "", "seen_version": demande.version}
    return correct_demande(demande_id=demande.pk, **(given | changes), by=by, at=MORNING)


def test_demande_is_declared_with_what_is_known(team):
    demande = make.a_demande(team.candidature, team.salarie, make.cnda(numero="", nil=""))

    assert (demande.state, demande.nil, demande.next_pull_at) == ("initialisation", "NIL-1", None)
    assert (demande.recorded_by, demande.objet) == (team.salarie, "cnda:/INSI")


def test_one_living_demande_for_an_object(team, demande):
    with pytest.raises(DemandeNotRecordable, match="déjà déclarée"):
        make.a_demande(team.candidature, team.salarie)

    make.a_demande(team.candidature, team.salarie, make.cnda("DMP"))
    make.a_demande(team.candidature, team.salarie, make.edc())
    make.a_demande(team.candidature, team.salarie, make.edc(proxy="Proxy du Nord", numero="EDC-N"))
    assert DemandeAuGuichet.objects.count() == 4


def test_demande_that_was_refused_gives_its_place(team, demande):
    make.moved_to(demande, "pre_examen")
    make.a_releve(demande, "refused", at=MORNING + timedelta(hours=1))

    other = make.a_demande(team.candidature, team.salarie, make.cnda(numero="CNDA-2"), at=MORNING + timedelta(hours=2))

    former = again(demande)
    assert (former.ended_reason, former.next_pull_at) == ("remplacée après un refus", None)
    assert (other.state, other.next_pull_at) == ("initialisation", MORNING + timedelta(hours=2))


@pytest.mark.parametrize(
    ("declaration", "field", "sentence"),
    [
        (make.cnda("ORDO"), "teleservice", "n’est pas proposé"),
        (make.cnda(nil="NIL-9"), "nil", "NIL-1"),
        (make.cnda(composant="Module"), "composant", "formulaire d’éligibilité"),
        (make.cnda(numero="<b>"), "numero", "40 caractères"),
        (make.cnda(numero="1" * 41), "numero", "40 caractères"),
        (make.edc(role=None), "role", "en quelle qualité"),
    ],
)
def test_declaration_that_is_wrong_is_refused_at_its_field(team, declaration, field, sentence):
    with pytest.raises(DemandeNotRecordable, match=sentence) as refusal:
        make.a_demande(team.candidature, team.salarie, declaration)

    assert list(refusal.value.faults) == [field]
    assert DemandeAuGuichet.objects.count() == 0


def test_third_party_module_brings_its_own_nil(db):
    module = {
        "nom": "Agenda",
        "editeur": "Mistral",
        "appartenance": "tiers",
        "nil": "NIL-M",
        "version": "2",
        "teleservices": ["INSI"],
    }
    other = make_team_to_prove_with(additionnels={"lignes": [module]})

    demande = make.a_demande(other.candidature, other.salarie, make.cnda(composant="Agenda", nil=""))

    assert demande.nil == "NIL-M"


def make_team_to_prove_with(**eligible):
    from tests.candidatures.conftest import make_team
    from tests.factories import preuves

    team = make_team()
    team.candidature = preuves.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur, **eligible)
    return team


def test_number_is_corrected_until_the_desk_answers_under_it(team, demande):
    corrected = correct(demande, team.salarie, numero="CNDA-2")
    make.a_releve(corrected, "pre_examen")

    with pytest.raises(DemandeNotRecordable, match="a déjà répondu"):
        correct(again(demande), team.salarie, numero="CNDA-3")
    correct(again(demande), team.salarie, logiciel="Sirocco")
    assert (again(demande).numero, again(demande).logiciel) == ("CNDA-2", "Sirocco")


def test_correction_of_another_reading_is_a_conflict(team, demande):
    correct(demande, team.salarie, numero="CNDA-2")

    with pytest.raises(DemandeConflict, match="Relisez-la"):
        correct(demande, team.salarie, numero="CNDA-3")


def test_ended_demande_is_asked_no_more(team, demande):
    end_demande(demande_id=demande.pk, reason="Déclarée deux fois", by=team.salarie, at=MORNING)

    assert (again(demande).next_pull_at, again(demande).ended_by) == (None, team.salarie)
    with pytest.raises(DemandeNotRecordable, match="plus suivie"):
        end_demande(demande_id=demande.pk, reason="Encore", by=team.salarie, at=MORNING)


def test_ended_demande_leaves_the_board(team, demande):
    make.a_releve(demande, "recours")

    end_demande(demande_id=demande.pk, reason="Abandonnée", by=team.salarie, at=MORNING)

    assert Anomalie.objects.get().state == "closed"


def test_ended_demande_says_why(team, demande):
    with pytest.raises(DemandeNotRecordable, match="Indiquez pourquoi"):
        end_demande(demande_id=demande.pk, reason=" ", by=team.salarie, at=MORNING)


@pytest.mark.django_db(transaction=True)
def test_same_demande_declared_by_four_at_once():
    team = make_team_to_prove()

    answers = all_at_once(4, lambda _: make.a_demande(team.candidature, team.salarie))

    assert sorted(type(answer).__name__ for answer in answers) == ["DemandeAuGuichet"] + ["DemandeNotRecordable"] * 3


# -- the law of the database ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (DemandeAuGuichet, {"state": "examen"}),
        (DemandeAuGuichet, {"state": "recours", "moved_at": MORNING}),
        (DemandeAuGuichet, {"state": "granted", "moved_at": MORNING}),
        (DemandeAuGuichet, {"numero": ""}),
        (DemandeAuGuichet, {"ended_at": MORNING}),
        (DemandeAuGuichet, {"failures": 1}),
    ],
)
def test_state_bears_its_stamps(demande, model, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=demande.pk).update(**change)
