"""What each operation of phase 1 does, and refuses."""

from datetime import datetime, timedelta
from inspect import signature
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_fsm import TransitionNotAllowed

from candidatures import permissions
from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import (
    CandidatureState,
    DemandeState,
    DeplacementState,
    VoletKind,
    VoletState,
)
from candidatures.models import (
    Candidature,
    Demande,
    DeplacementDEcheance,
    Produit,
    Reponse,
    Volet,
)
from candidatures.operations.candidatures import (
    CandidatureNotPossible,
    CharteNotAcceptable,
    accept_charte,
    open_candidature,
)
from candidatures.operations.dispositifs import DispositifConflict, load_dispositif
from candidatures.operations.instruction import admit_volet
from candidatures.operations.produits import AccesNotPossible, ProduitNotPossible, create_produit, end_acces, give_acces
from candidatures.operations.volets import (
    Conflict,
    Saved,
    VoletNotOpen,
    VoletNotSubmittable,
    save_answers,
    submit_volet,
)
from candidatures.queries.candidatures import charte_accepted, charte_of
from candidatures.queries.volets import answers_at, spec_of_volet
from candidatures.rules.nru import is_nru
from comptes import journal
from comptes.models import Compte, JournalEntry, Notice
from comptes.operations.rattachements import detach
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.factories import candidatures as make

# Each act is done with the role of the portal's processes: no act needs what that role is denied.
pytestmark = pytest.mark.usefixtures("as_the_application")

ONE_SECOND = timedelta(seconds=1)


def acts(chain: str) -> list[str]:
    return list(JournalEntry.objects.filter(chain=chain).order_by("number").values_list("act", flat=True))


def save(team: Team, answers: dict[str, object], *, seen: int, by: Compte | None = None) -> Saved:
    by = by or team.salarie
    return save_answers(volet_id=team.volet.pk, answers=answers, seen_version=seen, by=by, at=make.SUMMER)


# -- dispositif -----------------------------------------------------------------------------------------------------


def test_load_dispositif_twice_changes_nothing(db: None) -> None:
    first = make.a_dispositif()
    second = make.a_dispositif()

    assert first == second
    assert (second.echeances.count(), second.chartes.count()) == (3, 1)


def test_load_dispositif_refuses_another_text_under_the_same_version(db: None) -> None:
    make.a_dispositif()
    spec = spec_of("ms-dui-va2")
    charte = type(spec.charte)(spec.charte.version, "Autre texte", "0" * 64)
    changed = type(spec)(**{**{name: getattr(spec, name) for name in spec.__dataclass_fields__}, "charte": charte})

    with pytest.raises(DispositifConflict):
        load_dispositif(spec=changed, at=make.SUMMER)


# -- produits and access --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["salarie", "newcomer", "stranger", "instructeur"])
def test_create_produit_is_for_managers(team: Team, role: str) -> None:
    with pytest.raises(ProduitNotPossible):
        create_produit(editeur_id=team.editeur.pk, nom="Autre", by=getattr(team, role), at=make.SUMMER)


def test_create_produit_refuses_a_name_taken_in_another_case(team: Team) -> None:
    with pytest.raises(ProduitNotPossible, match="déjà un produit de ce nom"):
        create_produit(editeur_id=team.editeur.pk, nom="SIROCCO RÉSIDENCE", by=team.mandataire, at=make.SUMMER)


def test_produits_are_seen_by_those_who_may(team: Team) -> None:
    other = create_produit(editeur_id=team.editeur.pk, nom="Autre", by=team.representant, at=make.SUMMER)
    seen = {
        role: set(Produit.objects.visible_to(getattr(team, role)))
        for role in ("mandataire", "representant", "salarie", "newcomer", "stranger", "instructeur")
    }

    assert seen == {
        "mandataire": {team.produit, other},
        "representant": {team.produit, other},
        "salarie": {team.produit},
        "newcomer": set(),
        "stranger": set(),
        "instructeur": {team.produit, other},
    }


def test_give_acces_twice_is_one_row_and_one_notice(team: Team) -> None:
    seat = team.newcomer.rattachements.get()
    for _ in range(2):
        give_acces(produit_id=team.produit.pk, rattachement_id=seat.pk, by=team.mandataire, at=make.SUMMER)

    assert team.produit.acces.filter(rattachement=seat).count() == 1
    assert Notice.objects.filter(kind="candidatures.acces_given", compte=team.newcomer).count() == 1


@pytest.mark.parametrize("role", ["stranger", "mandataire"])
def test_give_acces_is_for_salaries_of_the_editeur(team: Team, role: str) -> None:
    seat = getattr(team, role).rattachements.get()

    with pytest.raises(AccesNotPossible):
        give_acces(produit_id=team.produit.pk, rattachement_id=seat.pk, by=team.mandataire, at=make.SUMMER)


def test_acces_does_not_come_back_with_the_person(team: Team) -> None:
    detach(rattachement_id=team.salarie.rattachements.get().pk, by=team.mandataire, at=make.SUMMER)
    assert not Produit.objects.visible_to(team.salarie).exists()

    team.salarie.rattachements.create(editeur=team.editeur, role="salarie", attached_at=make.SUMMER)
    assert not Produit.objects.visible_to(team.salarie).exists()


def test_end_acces_keeps_the_row(team: Team) -> None:
    acces = team.produit.acces.get()
    for _ in range(2):
        end_acces(acces_id=acces.pk, by=team.mandataire, at=make.SUMMER)

    assert list(permissions.people_with_access(team.produit)) == sorted(
        [team.mandataire, team.representant], key=lambda compte: compte.pk
    )
    assert acts(journal.chain_of_editeur(team.editeur.pk)).count("acces.ended") == 1


# -- candidature and charte -----------------------------------------------------------------------------------------


def test_open_candidature_gives_an_nru_and_its_volets(team: Team) -> None:
    assert is_nru(team.candidature.nru)
    assert team.candidature.nru.startswith("DUI-2026-")
    volets = team.candidature.volets.order_by("kind").values_list("kind", "state")
    assert list(volets) == [(VoletKind.ADMINISTRATIF, VoletState.DRAFT), (VoletKind.ELIGIBILITE, VoletState.DRAFT)]
    assert acts(team.candidature.chain) == ["candidature.opened", "charte.accepted"]


@pytest.mark.parametrize(("early", "possible"), [(ONE_SECOND, False), (timedelta(0), True)])
def test_open_candidature_not_before_the_opening(team: Team, early: timedelta, possible: bool) -> None:
    other = make.a_produit(team.editeur, team.mandataire, "Autre")

    def attach() -> Candidature:
        return open_candidature(
            produit_id=other.pk, dispositif_code="ms-dui-va2", by=team.mandataire, at=make.OPENING - early
        )

    if possible:
        assert attach().produit == other
    else:
        with pytest.raises(CandidatureNotPossible, match="3\u00a0juin 2026"):
            attach()


def test_open_candidature_twice_is_refused(team: Team) -> None:
    with pytest.raises(CandidatureNotPossible, match="déjà rattaché"):
        make.a_candidature(team.produit, team.mandataire)


def test_nru_is_never_used_twice_even_when_the_act_is_undone(team: Team) -> None:
    other = make.a_produit(team.editeur, team.mandataire, "Autre")
    with transaction.atomic():
        lost = make.a_candidature(other, team.mandataire).nru
        transaction.set_rollback(True)

    assert not Candidature.objects.filter(nru=lost).exists()
    assert make.a_candidature(other, team.mandataire).nru != lost


@pytest.mark.parametrize("role", ["salarie", "representant", "stranger", "instructeur"])
def test_accept_charte_is_for_those_who_can_engage(team: Team, role: str) -> None:
    candidature = make.a_candidature(
        make.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire, charte=False
    )

    with pytest.raises(CharteNotAcceptable):
        accept_charte(
            candidature_id=candidature.pk,
            charte_id=charte_of(candidature.dispositif).pk,
            by=getattr(team, role),
            at=make.SUMMER,
        )
    assert not charte_accepted(candidature)


def test_accept_charte_by_a_delegate(team: Team) -> None:
    team.representant.rattachements.update(may_engage=True)
    candidature = make.a_candidature(
        make.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire, charte=False
    )
    charte = charte_of(candidature.dispositif)
    for _ in range(2):
        accept_charte(candidature_id=candidature.pk, charte_id=charte.pk, by=team.representant, at=make.SUMMER)

    assert acts(candidature.chain) == ["candidature.opened", "charte.accepted"]


def test_accept_charte_that_changed_meanwhile_is_refused(team: Team) -> None:
    with pytest.raises(CharteNotAcceptable, match="Relisez-le"):
        accept_charte(candidature_id=team.candidature.pk, charte_id=0, by=team.mandataire, at=make.SUMMER)


# -- filling --------------------------------------------------------------------------------------------------------


def test_save_answers_writes_only_what_changed(team: Team) -> None:
    first = save(team, {"solution_nom": "Un", "version_technique": "1"}, seen=0)
    second = save(team, {"solution_nom": "Un", "version_technique": "2"}, seen=first.version)

    assert (first.written, second.written) == (("solution_nom", "version_technique"), ("version_technique",))
    assert answers_at(team.volet, version=first.version)["version_technique"] == "1"
    assert answers_at(team.volet, version=second.version)["version_technique"] == "2"


def test_save_answers_again_is_not_an_act(team: Team) -> None:
    first = save(team, {"solution_nom": "Un"}, seen=0)
    again = save(team, {"solution_nom": "Un"}, seen=first.version)

    assert (again.written, again.version) == ((), first.version)
    assert acts(team.candidature.chain).count("volet.saved") == 1


def test_save_answers_of_two_people_on_two_champs_keeps_both(team: Team) -> None:
    save(team, {"solution_nom": "Un", "version_technique": None}, seen=0)
    other = save(team, {"solution_nom": None, "version_technique": "9"}, seen=0, by=team.mandataire)

    assert (other.written, dict(other.conflicts)) == (("version_technique",), {})
    answers = answers_at(team.volet, version=team.volet.version)
    assert (answers["solution_nom"], answers["version_technique"]) == ("Un", "9")


def test_save_answers_of_two_people_on_one_champ_overwrites_nothing_unread(team: Team) -> None:
    save(team, {"solution_nom": "Un"}, seen=0)
    stale = save(team, {"solution_nom": "Deux"}, seen=0, by=team.mandataire)

    assert stale.written == ()
    assert (stale.conflicts["solution_nom"].value, stale.conflicts["solution_nom"].answered_by) == ("Un", team.salarie)

    read = save(team, {"solution_nom": "Deux"}, seen=stale.version, by=team.mandataire)
    assert read.written == ("solution_nom",)


def test_save_answers_before_the_charte_is_refused(team: Team) -> None:
    candidature = make.a_candidature(
        make.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire, charte=False
    )

    with pytest.raises(VoletNotOpen, match="charte"):
        make.a_filled_volet(candidature, team.mandataire)


def test_save_answers_to_a_submitted_volet_is_refused(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)

    with pytest.raises(VoletNotOpen):
        save(team, {"solution_nom": "Trop tard"}, seen=volet.version)


# -- submitting and admitting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "accepted"),
    [
        (make.DATE_1 - ONE_SECOND, True),
        (make.DATE_1, True),
        (make.DATE_1 + timedelta(microseconds=1), False),
        (make.DATE_1 + ONE_SECOND, False),
    ],
)
def test_submit_volet_around_date_1(team: Team, at: datetime, accepted: bool) -> None:
    volet = make.a_filled_volet(team.candidature, team.salarie)

    if accepted:
        assert submit_volet(volet_id=volet.pk, by=team.mandataire, at=at).submitted_at == at
    else:
        with pytest.raises(VoletNotSubmittable, match="1er\u00a0octobre 2026 à 12"):
            submit_volet(volet_id=volet.pk, by=team.mandataire, at=at)
        assert team.volet.state == VoletState.DRAFT


def test_submit_volet_freezes_tells_and_proves(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)

    soumission = volet.soumissions.get()
    assert (soumission.number, soumission.submitted_by, len(soumission.sha256)) == (1, team.salarie, 64)
    recipients = Notice.objects.filter(kind="candidatures.volet_submitted").values_list("compte", flat=True)
    assert set(recipients) == {team.mandataire.pk, team.representant.pk, team.salarie.pk}
    assert acts(team.candidature.chain)[-1] == "volet.submitted"
    assert list(journal.verify()) == []


def test_submit_volet_twice_says_who_did_it(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)

    with pytest.raises(Conflict, match="soumis par Sami Leroy le 1er\u00a0juillet 2026 à 10"):
        submit_volet(volet_id=volet.pk, by=team.mandataire, at=make.SUMMER)


def test_submit_volet_incomplete_lists_every_obstacle(team: Team) -> None:
    with pytest.raises(VoletNotSubmittable) as refused:
        submit_volet(volet_id=team.volet.pk, by=team.salarie, at=make.DATE_1 + ONE_SECOND)

    asked = [code for code, champ in spec_of_volet(team.volet).by_code.items() if champ.required]
    assert [obstacle.champ for obstacle in refused.value.obstacles] == ["", *asked]
    assert set(asked) >= set(make.COMPLETE)


def test_admit_volet(team: Team) -> None:
    make.an_admitted_volet(team.candidature, team.salarie, team.instructeur)

    assert team.volet.state == VoletState.ADMITTED
    assert Notice.objects.filter(kind="candidatures.volet_admitted").count() == 3
    lines = journal.lines(queries_of_journal(team.candidature.chain))
    assert lines[-1].sentence == "Candidature administrative\u00a0: déclaré recevable par l’ANS"
    assert lines[-1].who == "Inès Garnier"


def queries_of_journal(chain: str) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(chain=chain).order_by("number"))


def test_admit_volet_that_moved_since_it_was_read_is_refused(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.confirm_reference(volet, team.instructeur)

    with pytest.raises(Conflict):
        admit_volet(volet_id=volet.pk, seen_version=volet.version - 1, by=team.instructeur, at=make.SUMMER)
    admit_volet(volet_id=volet.pk, seen_version=volet.version, by=team.instructeur, at=make.SUMMER)
    with pytest.raises(Conflict, match="déclaré recevable par Inès Garnier"):
        admit_volet(volet_id=volet.pk, seen_version=volet.version, by=team.instructeur, at=make.SUMMER)


# -- the machine, and the same law in the database ------------------------------------------------------------------

# Machine, then move: from which state to which; from any other, the move is refused. A dérogation has its own tests.
LEGAL: dict[type[Any], dict[str, dict[str, str]]] = {
    Volet: {
        "submit": {
            VoletState.DRAFT: VoletState.SUBMITTED,
            VoletState.COMPLEMENT_REQUESTED: VoletState.SUBMITTED,
        },
        "admit": {VoletState.SUBMITTED: VoletState.ADMITTED},
        "request_complement": {VoletState.SUBMITTED: VoletState.COMPLEMENT_REQUESTED},
        "reopen": {VoletState.ADMITTED: VoletState.COMPLEMENT_REQUESTED},
        "give_back": {VoletState.COMPLEMENT_REQUESTED: VoletState.SUBMITTED},
        "admit_again": {VoletState.COMPLEMENT_REQUESTED: VoletState.ADMITTED},
    },
    Candidature: {
        "withdraw": {CandidatureState.OPEN: CandidatureState.WITHDRAWN},
        "foreclose": {CandidatureState.OPEN: CandidatureState.FORECLOSED},
        "reopen": {CandidatureState.FORECLOSED: CandidatureState.OPEN},
    },
    DeplacementDEcheance: {
        "approve": {DeplacementState.PROPOSED: DeplacementState.APPROVED},
        "refuse": {DeplacementState.PROPOSED: DeplacementState.REFUSED},
    },
    Demande: {
        "answer": {DemandeState.ASKED: DemandeState.ANSWERED},
        "close": {DemandeState.ANSWERED: DemandeState.CLOSED},
        "cancel": {DemandeState.ASKED: DemandeState.CANCELLED},
    },
}
STAMPS = {"by": Compte(pk=1), "at": make.SUMMER, "echeance": "date-1", "reason": "Motif.", "formulaire": "1"}
CELLS = [
    (machine, state, move, targets.get(state))
    for machine, moves in LEGAL.items()
    for move, targets in moves.items()
    for state in dict(machine._meta.get_field("state").choices)
]


@pytest.mark.parametrize("machine", LEGAL)
def test_every_move_of_the_machine_is_in_the_table(machine: type[Any]) -> None:
    moves = {transition.name for transition in machine._meta.get_field("state").get_all_transitions(machine)}

    assert moves == set(LEGAL[machine])


@pytest.mark.parametrize(("machine", "state", "move", "target"), CELLS)
def test_each_cell_of_each_machine(machine: type[Any], state: str, move: str, target: str | None) -> None:
    row = machine(state=state)
    wanted = signature(getattr(machine, move)).parameters
    stamps = {name: value for name, value in STAMPS.items() if name in wanted}

    if target is None:
        with pytest.raises(TransitionNotAllowed):
            getattr(row, move)(**stamps)
    else:
        getattr(row, move)(**stamps)
        assert row.state == target


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE candidatures_volet SET state = 'submitted' WHERE id = %s",
        "UPDATE candidatures_volet SET state = 'admitted' WHERE id = %s",
        "UPDATE candidatures_volet SET state = 'complement_requested' WHERE id = %s",
        "UPDATE candidatures_volet SET state = 'lost' WHERE id = %s",
        "UPDATE candidatures_candidature SET state = 'withdrawn' WHERE id > 0 * %s",
        "UPDATE candidatures_volet SET submitted_at = now() WHERE id = %s",
        "UPDATE candidatures_reponse SET value = '1' WHERE volet_id = %s",
        "DELETE FROM candidatures_reponse WHERE volet_id = %s",
    ],
)
@pytest.mark.as_the_owner
def test_raw_sql_against_the_law_is_refused(team: Team, statement: str) -> None:
    volet = make.a_filled_volet(team.candidature, team.salarie)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [volet.pk])


@pytest.mark.as_the_owner
def test_raw_sql_cannot_rewrite_a_submission(team: Team) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE candidatures_soumission SET sha256 = ''")


# -- together -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.as_the_owner
def test_submit_volet_by_eight_at_once_is_one_submission() -> None:
    team = make_team()
    volet = make.a_filled_volet(team.candidature, team.salarie)

    results = all_at_once(8, lambda _: submit_volet(volet_id=volet.pk, by=team.mandataire, at=make.SUMMER))

    refusals = [str(result) for result in results if isinstance(result, Conflict)]
    assert len(refusals) == 7
    assert set(refusals) == {"Ce volet a été soumis par Marie Dufour le 1er\u00a0juillet 2026 à 10\u00a0h."}
    assert volet.soumissions.count() == 1
    assert list(journal.verify()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.as_the_owner
def test_save_answers_by_eight_at_once_loses_nobody() -> None:
    team = make_team()
    codes = list(make.COMPLETE)[:8]
    volet_id = team.volet.pk

    def act(number: int) -> Saved:
        return save_answers(
            volet_id=volet_id, answers={codes[number]: f"par {number}"}, seen_version=0, by=team.salarie, at=make.SUMMER
        )

    all_at_once(8, act)

    assert Reponse.objects.filter(volet=volet_id).count() == 8
    assert answers_at(team.volet, version=8) == {code: f"par {n}" for n, code in enumerate(codes)}
