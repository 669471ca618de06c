"""The dossiers of an absent colleague go to others: what they follow, and what they read."""

from typing import Any

import pytest
from django.urls import reverse

from candidatures.enums import GesteDeLot
from candidatures.models import Absence, Lot, Referent, ReservationDeVolet
from candidatures.operations.lots import open_lot, run_lot
from candidatures.operations.referents import ReferentNotPossible, assign_referent
from candidatures.operations.reservations import claim_volet
from candidatures.queries.lots import progress_of
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from comptes.operations.agents import suspend_agent
from preuves.models import Chapitre
from preuves.operations.instruction import claim_chapitre
from referencement.operations.passation import hand_over_dossier
from referencement.queries.passation import dossiers_tenus
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.comptes import CompteFactory
from tests.ground import standing

AT = make.SUMMER


def make_team_with_an_absent_colleague() -> Team:
    """Inès follows three candidatures, reads a chapitre of the first and a volet of a fourth; she is absent."""
    prove.a_rem()
    team = make_team()
    followed = [a_candidature(team, f"Alizé {number}") for number in range(2)]
    prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    for candidature in (team.candidature, *followed):
        make.follow(candidature, team.instructeur)
    chapitre = prove.a_submitted_chapitre(team.candidature, team.mandataire, "INS", at=AT)
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=AT)
    volet = make.a_submitted_volet(a_candidature(team, "Mistral"), team.mandataire)
    claim_volet(volet_id=volet.pk, by=team.instructeur, at=AT)
    make.an_absence(team.instructeur)
    return team


def a_candidature(team: Team, nom: str) -> Any:
    return make.a_candidature(make.a_produit(team.editeur, team.mandataire, nom), team.mandataire)


team = standing(make_team_with_an_absent_colleague)


def somebody(name: str) -> Compte:
    return make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name=name, last_name="Martin")


def page_of(giver: Compte) -> str:
    return reverse("referencement:passation", args=[giver.pk])


def test_what_somebody_follows_and_reads_is_listed(team: Team) -> None:
    held = dossiers_tenus(team.instructeur, most=10)

    assert [(dossier.nom, dossier.followed, dossier.readings) for dossier in held] == [
        ("Sirocco Résidence", True, ("Chapitre INS",)),
        ("Alizé 0", True, ()),
        ("Alizé 1", True, ()),
        ("Mistral", False, ("Candidature administrative",)),
    ]
    assert len(dossiers_tenus(team.instructeur, most=2)) == 2


def test_dossiers_are_shared_out_between_two_colleagues(team: Team, sign_in: Any) -> None:
    anne, paul = somebody("Anne"), somebody("Paul")
    nrus = [dossier.nru for dossier in dossiers_tenus(team.instructeur, most=10)]
    with clock.travel(AT):
        client = sign_in(anne)
        page = client.get(page_of(team.instructeur)).content.decode()
        assert "<strong>2 notifications</strong>" in page
        assert "Inès Garnier (" not in page
        for typed, refusal in (({"c": nrus}, "au moins une personne"), ({"a": [anne.pk]}, "au moins une candidature")):
            refused = client.post(page_of(team.instructeur), typed)
            assert (refused.status_code, refusal in refused.content.decode()) == (422, True)
        assert not Lot.objects.exists()

        done = client.post(page_of(team.instructeur), {"c": nrus, "a": [anne.pk, paul.pk]}, follow=True)

    assert done.content.decode().count("Confié à") == 4
    assert sorted(Referent.objects.order_by("pk").values_list("compte", flat=True)) == [anne.pk, anne.pk, paul.pk]
    assert Chapitre.objects.get(code="INS").claimed_by_id == Referent.objects.get(pk=team.candidature.pk).compte_id
    assert ReservationDeVolet.objects.get().compte == paul
    told = Notice.objects.filter(compte=team.instructeur, kind__endswith="taken_over")
    assert told.count() == 2


def test_dossier_given_meanwhile_is_named_and_the_rest_is_handed_over(team: Team, sign_in: Any) -> None:
    """One dossier is given to Paul between the page and the act: the others go to Anne."""
    anne, paul = somebody("Anne"), somebody("Paul")
    held = dossiers_tenus(team.instructeur, most=10)
    moved = held[1]
    lot = open_lot(
        geste=GesteDeLot.HAND_OVER,
        params={"de": team.instructeur.pk},
        items={dossier.pk: {"compte": anne.pk, "suivi": dossier.followed} for dossier in held},
        by=anne,
        at=AT,
    )
    assign_referent(candidature_id=moved.pk, compte_id=paul.pk, seen=team.instructeur.pk, by=paul, at=AT)

    run_lot(lot_id=lot.pk, most=10, at=AT)

    progress = progress_of(lot)
    assert (progress.done, progress.refused) == (3, 1)
    assert progress.lines[0].reason.startswith("Paul Martin a attribué la candidature")
    assert Referent.objects.get(pk=moved.pk).compte == paul


def test_nothing_left_to_hand_over_is_said(team: Team) -> None:
    anne = somebody("Anne")
    alone = a_candidature(team, "Ponant")

    with pytest.raises(ReferentNotPossible, match="Inès Garnier n’examine plus rien"):
        hand_over_dossier(
            candidature_id=alone.pk,
            giver_id=team.instructeur.pk,
            taker_id=anne.pk,
            was_followed=False,
            by=anne,
            at=AT,
        )


def test_only_who_is_there_takes_a_dossier(team: Team, sign_in: Any) -> None:
    anne, paul = somebody("Anne"), somebody("Paul")
    make.an_absence(paul)
    with clock.travel(AT):
        refused = sign_in(anne).post(page_of(team.instructeur), {"c": [team.candidature.nru], "a": [paul.pk]})

    assert refused.status_code == 422
    assert Referent.objects.get(pk=team.candidature.pk).compte == team.instructeur


def test_absence_that_nobody_covers_is_named(team: Team, sign_in: Any) -> None:
    """Nobody stands in for Inès; for Paul somebody does, whose account is then suspended."""
    anne, paul, gone = somebody("Anne"), somebody("Paul"), somebody("Gaël")
    make.an_absence(paul, stand_in=gone)
    with clock.travel(AT):
        client = sign_in(anne)
        for name in ("referencement:equipe", "referencement:journee"):
            page = client.get(reverse(name)).content.decode()
            assert page.count("Absence sans remplaçant") == 1
            assert f'<a href="{page_of(team.instructeur)}">Confier les dossiers d’Inès Garnier</a>' in page
        suspend_agent(compte_id=gone.pk, by=CompteFactory(administrateur=True), at=AT)
        page = client.get(reverse("referencement:equipe")).content.decode()

    assert page.count("Absence sans remplaçant") == 2
    assert Absence.objects.count() == 2


@pytest.mark.parametrize("more", [0, 3])
def test_page_asks_the_same_for_more_dossiers(
    team: Team, sign_in: Any, django_assert_num_queries: Any, more: int
) -> None:
    for number in range(more):
        make.follow(a_candidature(team, f"Ponant {number}"), team.instructeur)
    with clock.travel(AT):
        client = sign_in(somebody("Anne"))
        client.get(page_of(team.instructeur))
        with django_assert_num_queries(15):
            assert client.get(page_of(team.instructeur)).status_code == 200
