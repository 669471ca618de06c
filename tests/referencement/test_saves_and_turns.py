"""The save of a volet projects whose turn it is only when it wrote a champ that decides; what is kept stays true."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from candidatures.catalogue.champs import Champ, ChampKind
from candidatures.enums import VoletKind
from candidatures.models import Candidature, Echeance, Volet
from candidatures.operations.volets import save_answers
from candidatures.queries.volets import choices_of, spec_of_volet
from comptes import clock, journal
from comptes.models import Compte
from referencement.models import TourProjete
from referencement.operations.tours import project_tours
from referencement.queries.blocages import DECIDING
from tests.candidatures.conftest import Team, make_team
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.ground import standing
from tests.lengths import examples

AT = make.SUMMER + timedelta(days=7)
# The champs from which most is derived.
CLOSELY = {
    VoletKind.ADMINISTRATIF: ["references_vague_1", "references_vague_2"],
    VoletKind.ELIGIBILITE: ["profils", "architecture", "proxy", "additionnels"],
}
WORDS = some.sampled_from([None, "", "A", "NIL-1", "tiers", "2026-07-01"])


def three_candidatures() -> tuple[Team, ...]:
    """One of two drafts; one whose éligibilité alone was submitted; one that answers a demande of the ANS.

    Two more échéances ask each for one thing, so that it shows when an answer changes what is due.
    """
    prove.a_rem()
    drafts, half, asked = make_team(), make_team(), make_team()
    make.a_submitted_volet(half.candidature, half.salarie, kind=VoletKind.ELIGIBILITE)
    make.a_dossier_handed_over(asked.candidature, asked.mandataire)
    for kind in VoletKind:
        volet = make.the_volet(asked.candidature, kind)
        make.a_demande(volet, asked.instructeur, *spec_of_volet(volet).by_code)
    for code, exige, chapitres in (("ph", "chapitres-soumis", ["CDM-PH"]), ("guichets", "demandes-avancees", [])):
        fields = {"nom": f"Date {code}", "objet": code, "explication": code, "at": AT + timedelta(days=30)}
        Echeance.objects.create(dispositif_id=make.DUI, code=code, exige=[exige], chapitres=chapitres, **fields)
    project_tours(candidature_ids=[team.candidature.pk for team in (drafts, half, asked)], at=AT)
    journal.run_followers()
    return drafts, half, asked


teams = standing(three_candidatures)


def values_of(champ: Champ, choices: Any) -> some.SearchStrategy[Any]:
    """What may stand in a draft at that champ."""
    match champ.kind:
        case ChampKind.LIST:
            line = {column.code: values_of(column, choices) for column in champ.columns}
            lines = some.lists(some.fixed_dictionaries({}, optional=line), min_size=1, max_size=2)
            return some.one_of(some.none(), some.just({"aucun": True}), lines.map(lambda given: {"lignes": given}))
        case ChampKind.CHOICES:
            return some.lists(some.sampled_from(sorted(choices[champ.choices])), unique=True, max_size=3)
        case ChampKind.CHOICE:
            return some.sampled_from([None, *choices[champ.choices]])
        case ChampKind.YES_NO:
            return some.sampled_from([None, True, False])
        case ChampKind.PIECE:
            return some.none()
        case ChampKind.COMPANY:
            numbers = some.sampled_from(["", "0403170701"])
            return some.fixed_dictionaries({"pays": some.sampled_from(["FR", "BE"]), "identifiant": numbers})
        case _:
            return WORDS


def kept(candidature: Candidature) -> dict[str, Any]:
    """What is kept of a candidature, but when."""
    row = TourProjete.objects.filter(candidature=candidature.pk).values().get()
    return {name: value for name, value in row.items() if name != "projected_at"}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def save(volet: Volet, answers: dict[str, Any], by: Compte) -> None:
    version = Volet.objects.get(pk=volet.pk).version
    save_answers(volet_id=volet.pk, answers=answers, seen_version=version, by=by, at=AT)
    journal.run_followers()


@examples(6)
@given(data=some.data())
def test_what_is_kept_is_what_would_be_projected_after_any_save(teams: tuple[Team, ...], data: some.DataObject) -> None:
    team = data.draw(some.sampled_from([teams[0], *teams]))
    with undone():
        for _ in range(data.draw(some.integers(1, 3))):
            kind = data.draw(some.sampled_from(VoletKind))
            volet = make.the_volet(team.candidature, kind)
            champs, choices = spec_of_volet(volet).by_code, choices_of(volet)
            codes = set(data.draw(some.lists(some.sampled_from(sorted(champs)), min_size=1, max_size=4)))
            if data.draw(some.booleans(), label="among them, one that decides"):
                codes.add(data.draw(some.sampled_from(CLOSELY[kind])))
            answers = {code: data.draw(values_of(champs[code], choices), label=code) for code in sorted(codes)}
            if volet.state != "submitted":
                save(volet, answers, team.salarie)

            after = kept(team.candidature)
            project_tours(candidature_ids=[team.candidature.pk], at=AT)
            assert kept(team.candidature) == after


def test_each_champ_that_decides_nothing_leaves_every_date_and_turn_as_they_were(teams: tuple[Team, ...]) -> None:
    for team in teams[:2]:
        before = kept(team.candidature)
        for kind in VoletKind:
            volet = make.the_volet(team.candidature, kind)
            others = [code for code in spec_of_volet(volet).by_code if code not in DECIDING]
            if volet.state == "draft":
                answers = make.ANSWERS_TO[make.DUI][kind]
                save(volet, {code: answers[code] for code in others if code in answers}, team.salarie)
        project_tours(candidature_ids=[team.candidature.pk], at=AT)
        assert kept(team.candidature) == before


def test_save_of_a_champ_that_decides_is_projected(teams: tuple[Team, ...]) -> None:
    drafts = teams[0]
    volet = make.the_volet(drafts.candidature, VoletKind.ELIGIBILITE)
    TourProjete.objects.filter(candidature=drafts.candidature).update(projected_at=AT - timedelta(days=1))

    save(volet, {"nie": "NIE-9"}, drafts.salarie)
    assert TourProjete.objects.get(candidature=drafts.candidature).projected_at < AT
    assert kept(drafts.candidature)["dates"]["ph"]["etat"] == "without_object"  # its profils are others
    save(volet, {"profils": ["PH"]}, drafts.salarie)
    assert TourProjete.objects.get(candidature=drafts.candidature).projected_at == AT
    assert kept(drafts.candidature)["dates"]["ph"]["etat"] == "to_come"


@pytest.mark.django_db(transaction=True)
def test_autosave_asks_ten_queries_with_all_that_follows_the_journal(django_assert_num_queries: Any) -> None:
    team = make_team()
    client, page = Client(), reverse("candidatures:volet", args=[team.candidature.nru, "eligibilite"])
    client.force_login(team.salarie, backend=BY_PASSWORD)
    typed = {"proxy_nom": "Relais"}
    with clock.travel(AT):
        client.post(page, {"seen_version": "0", "proxy_nom": "Passerelle"}, headers={"HX-Request": "true"})
        with django_assert_num_queries(10):
            client.post(page, {"seen_version": "1", **typed}, headers={"HX-Request": "true"})

    assert make.the_volet(team.candidature, VoletKind.ELIGIBILITE).version == 2
