"""A new version technique of what is référencé: its candidature, what is proposed, what is not asked again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from candidatures.enums import Verdict, VoletKind
from candidatures.models import Candidature
from candidatures.operations.candidatures import accept_charte
from candidatures.operations.instruction import judge_reference
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.queries.candidatures import charte_of, deadlines_of
from candidatures.queries.prefill import prefill_of
from comptes import clock
from comptes.models import JournalEntry
from preuves.queries.dossier import dossier_of
from referencement.operations.versions import VersionNotPossible, present_new_version
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.conventions import Parties, some_referenced_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution
from tests.ground import standing

LATER = COLLEGE + timedelta(days=365)


parties = standing(some_referenced_parties)


def presented(parties: Parties, after: Candidature | None = None) -> Candidature:
    former = after or parties.candidature
    newer = present_new_version(candidature_id=former.pk, by=parties.signatory, at=LATER)
    charte = charte_of(newer.dispositif)
    accept_charte(candidature_id=newer.pk, charte_id=charte.pk, by=parties.signatory, at=LATER)
    return Candidature.objects.with_names().get(pk=newer.pk)


def proposed(candidature: Candidature, kind: VoletKind) -> dict[str, Any]:
    return prefill_of(make.the_volet(candidature, kind))


def handed_over(candidature: Candidature, parties: Parties) -> Candidature:
    """Both volets with what was proposed, and the new version, submitted long after Date 1; declared recevables."""
    for kind in VoletKind:
        volet = make.the_volet(candidature, kind)
        own = {"version_technique": "5.0"} if kind == VoletKind.ADMINISTRATIF else {"obsolescence": {"aucun": True}}
        answers = proposed(candidature, kind) | own
        save_answers(volet_id=volet.pk, answers=answers, seen_version=0, by=parties.signatory, at=LATER)
        submit_volet(volet_id=volet.pk, by=parties.signatory, at=LATER)
        for nru in [line["nru"] for line in answers.get("references_vague_2", {}).get("lignes", [])]:
            judge_reference(
                volet_id=volet.pk,
                identifiant=nru,
                verdict=Verdict.CONFIRMED,
                reason="",
                by=parties.team.instructeur,
                at=LATER,
            )
        make.admit(make.the_volet(candidature, kind), parties.team.instructeur, at=LATER)
    return Candidature.objects.with_names().get(pk=candidature.pk)


def test_new_version_is_a_candidature_of_its_own(parties: Parties) -> None:
    newer = presented(parties)

    assert newer.nru != parties.candidature.nru
    assert (newer.produit_id, newer.succeeds_id) == (parties.candidature.produit_id, parties.candidature.pk)
    last = JournalEntry.objects.filter(chain=parties.candidature.chain).order_by("-number")[0]
    assert (last.act, last.params) == ("version.presented", {"nru": newer.nru})


def test_former_answers_are_proposed_and_nothing_is_kept(parties: Parties) -> None:
    newer = presented(parties)
    administratif, eligibilite = (proposed(newer, kind) for kind in VoletKind)

    assert administratif["solution_nom"] == "Sirocco Résidence"
    assert administratif["references_vague_2"] == {"lignes": [{"nru": parties.candidature.nru}]}
    assert "version_technique" not in administratif
    assert eligibilite["profils"] == ["PA", "PDS"]
    assert not [volet for volet in newer.volets.all() if volet.version or volet.reponses.exists()]


def test_attestation_of_a_commercial_name_is_not_taken_over(parties: Parties) -> None:
    team = parties.team
    candidature = make.a_candidature(make.a_produit(team.editeur, team.mandataire, "Alizé"), team.mandataire)
    noms = make.a_nom_commercial(make.a_piece(candidature, team.mandataire))
    make.a_submitted_volet(candidature, team.mandataire)
    make.a_submitted_volet(candidature, team.mandataire, kind=VoletKind.ELIGIBILITE, noms_commerciaux=noms)
    an_attributed_solution(candidature, team.mandataire)
    newer = presented(parties, after=candidature)

    assert proposed(newer, VoletKind.ELIGIBILITE)["noms_commerciaux"] == {"lignes": [{"nom": "Alizé", "nil": "NIL-2"}]}


def test_no_echeance_binds_a_new_version(parties: Parties) -> None:
    newer = handed_over(presented(parties), parties)

    assert newer.handed_over_at == LATER
    assert all(not deadline.binds and deadline.is_met(LATER) for deadline in deadlines_of(newer).values())
    assert all(deadline.binds for deadline in deadlines_of(parties.candidature).values())


def test_preuve_accepted_before_is_not_deposited_again(parties: Parties) -> None:
    newer = presented(parties)
    dossier = dossier_of(newer)
    assert dossier
    assert prove.due_in(newer, "MAT") == ("MAT.01.01.01", "MAT.01.01.02")

    dossier = dossier_of(handed_over(newer, parties))
    assert dossier
    assert prove.due_in(newer, "MAT") == prove.due_in(newer, "INS") == ()
    assert {chapitre.facts.standing for chapitre in dossier.chapitres} == {"acquis", "sans_objet"}


def test_new_version_is_in_progress_beside_the_former_then_replaces_it(parties: Parties) -> None:
    version = handed_over(presented(parties), parties)
    with clock.travel(LATER):
        lines = Client().get(reverse("referencement:solutions")).context["lines"]
    assert [(line.nom, line.state.value) for line in lines] == [
        ("Sirocco Résidence", "referencee"),
        ("Sirocco Résidence", "en-cours"),
    ]

    an_attributed_solution(version, parties.signatory, at=LATER + timedelta(days=1))
    with clock.travel(LATER + timedelta(days=2)):
        former = Client().get(reverse("referencement:solution", args=[parties.candidature.nru]))
        newer = Client().get(reverse("referencement:solution", args=[version.nru]))
    assert former.context["newer"].nru == version.nru
    assert former.context["history"][0]["sentence"] == "Une autre version est référencée, et remplace celle-ci."
    assert newer.context["newer"] is None
    assert [version.version for version in newer.context["fiche"].versions] == ["5.0", "4.2.1"]


@pytest.mark.parametrize("case", ["not referenced", "twice", "stranger"])
def test_new_version_that_is_not_possible_changes_nothing(parties: Parties, case: str) -> None:
    former, by = parties.candidature, parties.signatory
    if case == "not referenced":
        former = make.a_candidature(make.a_produit(parties.team.editeur, by, "Alizé"), by)
    if case == "twice":
        presented(parties)
    if case == "stranger":
        by = make.a_person(make.an_editeur())
    before = Candidature.objects.count()

    with pytest.raises(VersionNotPossible) as refused:
        present_new_version(candidature_id=former.pk, by=by, at=LATER)
    assert len(refused.value.reasons) == 1
    assert Candidature.objects.count() == before


def test_two_new_versions_of_one_are_refused_by_the_database(parties: Parties) -> None:
    newer = presented(parties)
    with pytest.raises(IntegrityError, match="candidature_succeeded_once"), transaction.atomic():
        Candidature.objects.create(
            nru="X",
            produit=newer.produit,
            dispositif=newer.dispositif,
            succeeds=parties.candidature,
            opened_at=LATER,
            opened_by=parties.signatory,
        )


def test_page_opens_it_and_leads_there(parties: Parties) -> None:
    client = Client()
    client.force_login(parties.signatory, backend=BY_PASSWORD)
    overview = reverse("referencement:candidature", args=[parties.candidature.nru])
    address = reverse("referencement:version_new", args=[parties.candidature.nru])
    with clock.travel(LATER):
        assert address in client.get(overview).content.decode()
        answer = client.post(address)
        again = client.post(address)
    candidature = Candidature.objects.get(succeeds=parties.candidature)

    assert answer["Location"] == reverse("referencement:candidature", args=[candidature.nru])
    assert (again.status_code, len(again.context["reasons"])) == (409, 1)
