"""From the agenda of a séance on, nothing that the collège looks at opens again; after attribution, for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from candidatures.enums import Freeze, VoletKind
from candidatures.models import Candidature
from candidatures.operations.demandes import cancel_demande
from candidatures.operations.derogations import foreclose_candidature
from candidatures.operations.instruction import ask_complement, judge_reference, reopen_volet
from candidatures.operations.produits import rename_produit
from candidatures.rules.freeze import BEFORE, why_frozen
from comptes.enums import RoleANS
from guichets.operations.demandes import correct_demande, end_demande
from preuves.catalogue.rem import RemSpec
from preuves.models import Contestation
from preuves.operations import reouvertures as reouvertures_operations
from preuves.operations.dossiers import move_to_version
from preuves.operations.reouvertures import contest_dispense
from referencement.enums import Decision
from referencement.models import Examen
from referencement.operations import conventions as conventions_operations
from referencement.operations.examens import SeanceNotPossible, list_candidature, unlist_candidature
from tests.candidatures.conftest import Team
from tests.dates import DATE_2
from tests.factories import candidatures as make_1
from tests.factories import guichets as make_3
from tests.factories import preuves as make_2
from tests.factories.referencement import (
    COLLEGE,
    a_listed_examen,
    a_signed_convention,
    an_attributed_solution,
    an_examen,
)
from tests.ground import standing
from tests.preuves.conftest import make_team_to_prove
from tests.preuves.test_fairness import conclude

SOON = COLLEGE - timedelta(minutes=14)
LATER = COLLEGE + timedelta(days=3)
ON_THE_AGENDA = (
    "Ce dossier est à l’ordre du jour du collège\u00a0: vous ne pouvez rien y rouvrir. "
    "Pour le modifier, l’ANS doit d’abord le retirer de l’ordre du jour."
)
ATTRIBUTED = "Le référencement est attribué. Pour changer ce dossier, présentez une nouvelle version technique."


def an_advanced_team() -> Team:
    """Both volets are recevables, an earlier reference was confirmed, and MAT is approved."""
    team = make_team_to_prove(confirm=True)
    conclude(make_2.a_submitted_chapitre(team.candidature, team.salarie), team, make_2.AUTUMN, accept=True)
    make_3.a_demande(team.candidature, team.salarie)
    return team


team = standing(an_advanced_team)


def reopen(team: Team, kind: VoletKind = VoletKind.ELIGIBILITE, champ: str = "distributeurs") -> None:
    volet = make_1.the_volet(team.candidature, kind)
    reopen_volet(
        volet_id=volet.pk, champs=[champ], text="Vu.", seen_version=volet.version, by=team.instructeur, at=SOON
    )


def ask(team: Team) -> None:
    volet = make_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    ask_complement(
        volet_id=volet.pk, champs=["profils"], text="Vu.", seen_version=volet.version, by=team.instructeur, at=SOON
    )


def contest(team: Team) -> None:
    contest_dispense(
        candidature_id=team.candidature.pk, numero="INS/va1.02.01.01", reason="Vu.", by=team.instructeur, at=SOON
    )


def reopen_chapitre(team: Team) -> None:
    chapitre = make_2.the_chapitre(team.candidature)
    reouvertures_operations.reopen_chapitre(
        chapitre_id=chapitre.pk, reason="Vu.", seen_version=chapitre.version, by=team.instructeur, at=SOON
    )


def adopt(team: Team) -> None:
    version = make_2.a_rem(RemSpec(make_2.a_rem_spec().chapitres[:2]), date(2027, 1, 1))
    move_to_version(candidature_id=team.candidature.pk, version_id=version.pk, by=team.mandataire, at=SOON)


def rename(team: Team) -> None:
    rename_produit(produit_id=team.produit.pk, nom="Autre nom", by=team.mandataire, at=SOON)


def foreclose(team: Team) -> None:
    responsable = make_1.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    foreclose_candidature(candidature_id=team.candidature.pk, echeance=DATE_2, reason="Vu.", by=responsable, at=SOON)


def cancel_convention(team: Team) -> None:
    convention = team.candidature.conventions.get()
    conventions_operations.cancel_convention(convention_id=convention.pk, reason="Vu.", by=team.instructeur, at=SOON)


def judge_again(team: Team) -> None:
    judge_reference(
        volet_id=make_1.the_volet(team.candidature).pk,
        identifiant="W-123",
        verdict="refused",
        reason="Vu.",
        by=team.instructeur,
        at=SOON,
    )


def deposit(team: Team) -> None:
    make_2.a_deposit(team.candidature, team.salarie, "INS.01.01.01", make_2.not_applicable(), at=SOON)


def declare(team: Team) -> None:
    make_3.a_demande(team.candidature, team.salarie, make_3.cnda("DMP"), at=SOON)


def correct(team: Team) -> None:
    demande = team.candidature.demandes_aux_guichets.get()
    correct_demande(
        demande_id=demande.pk,
        numero="CNDA-2",
        nil=demande.nil,
        logiciel="",
        seen_version=demande.version,
        by=team.salarie,
        at=SOON,
    )


def end(team: Team) -> None:
    demande = team.candidature.demandes_aux_guichets.get()
    end_demande(demande_id=demande.pk, reason="Vu.", by=team.salarie, at=SOON)


def replace_refused(team: Team) -> None:
    """A refused demande gives its place: it lifts a blocage."""
    demande = team.candidature.demandes_aux_guichets.get()
    make_3.a_releve(demande, "pre_examen", at=SOON - timedelta(days=2))
    make_3.a_releve(demande, "refused", at=SOON - timedelta(days=1))
    make_3.a_demande(team.candidature, team.salarie, make_3.cnda(numero="CNDA-2"), at=SOON)


# Every act that changes what the collège looks at, and what is said of it: on the agenda, then once attributed. What
# lifts a blocage stays possible on the agenda; "" where the act is possible.
ACTS: list[tuple[Callable[[Team], None], str, str | None]] = [
    (reopen, ON_THE_AGENDA, ATTRIBUTED),
    (lambda team: reopen(team, VoletKind.ADMINISTRATIF, "version_technique"), ON_THE_AGENDA, ATTRIBUTED),
    (contest, ON_THE_AGENDA, ATTRIBUTED),
    (reopen_chapitre, ON_THE_AGENDA, ATTRIBUTED),
    (adopt, ON_THE_AGENDA, ATTRIBUTED),
    (foreclose, ON_THE_AGENDA, ATTRIBUTED),
    (cancel_convention, ON_THE_AGENDA, "Cette convention ne peut plus être annulée."),
    (judge_again, "Ce volet n’est pas en cours d’examen.", "Ce volet n’est pas en cours d’examen."),
    # The public page keeps the name under which it was attributed: the product's may change again.
    (rename, ON_THE_AGENDA, ""),
    (declare, ON_THE_AGENDA, ATTRIBUTED),
    (correct, ON_THE_AGENDA, ATTRIBUTED),
    (end, ON_THE_AGENDA, ATTRIBUTED),
    (replace_refused, "", ATTRIBUTED),
    # INS is not approved in this story: what is missing may still be deposited before the séance.
    (deposit, "", None),
]
NAMES = [
    "reopen", "reopen_admin", "contest", "chapitre", "rem", "foreclose", "convention", "judge", "rename", "declare",
    "correct", "end", "replace", "deposit",
]  # fmt: skip


def refusal_of(act: Callable[[Team], None], team: Team) -> str:
    try:
        with transaction.atomic():
            act(team)
    except Exception as refused:
        return " ".join(str(arg) for arg in refused.args)
    return ""


@pytest.mark.parametrize(("act", "sentence", "after"), ACTS, ids=NAMES)
def test_act_on_a_dossier_of_the_agenda(
    team: Team, act: Callable[[Team], None], sentence: str, after: str | None
) -> None:
    a_signed_convention(team.candidature, team.mandataire)
    a_listed_examen(team.candidature)

    assert refusal_of(act, team) == sentence


@pytest.mark.parametrize(("act", "sentence", "after"), ACTS, ids=NAMES)
def test_act_on_an_attributed_dossier(
    team: Team, act: Callable[[Team], None], sentence: str, after: str | None
) -> None:
    an_attributed_solution(team.candidature, team.mandataire)

    if after is not None:
        assert refusal_of(act, team) == after


def test_complement_on_a_listed_dossier_is_refused(db: None) -> None:
    """Listed despite an éligibilité that is not read: the ANS may admit it, and not open it."""
    from tests.candidatures.conftest import make_team

    team = make_team()
    make_1.a_dossier_handed_over(team.candidature, team.mandataire)
    a_listed_examen(team.candidature)

    assert refusal_of(ask, team) == ON_THE_AGENDA
    volet = make_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    assert make_1.admit(volet, team.instructeur).state == "admitted"


@pytest.mark.parametrize("decision", list(Decision))
def test_freeze_follows_the_examen(team: Team, decision: Decision) -> None:
    convention = a_signed_convention(team.candidature, team.mandataire)
    examen = a_listed_examen(team.candidature, is_open=False)
    assert freeze_of(team) == Freeze.COLLEGE
    unlist_candidature(examen_id=examen.pk, reason="Distributeurs.", by=examen.listed_by, at=SOON)
    assert freeze_of(team) == Freeze.FREE
    reopen(team)
    cancel_demande(
        demande_id=make_1.the_volet(team.candidature, VoletKind.ELIGIBILITE).demandes.get().pk,
        reason="Vu.",
        by=team.instructeur,
        at=SOON,
    )

    an_examen(team.candidature, team.mandataire, decision, convention=convention, reasons=["Vu."])

    assert freeze_of(team) == (Freeze.ATTRIBUTED if decision == Decision.ATTRIBUTED else Freeze.FREE)


def freeze_of(team: Team) -> str:
    return Candidature.objects.get(pk=team.candidature.pk).gel


def test_nobody_else_says_the_freeze(team: Team) -> None:
    """A row read before the inscription, saved after it, or raw SQL, thaws nothing."""
    stale = Candidature.objects.get(pk=team.candidature.pk)
    a_listed_examen(team.candidature)

    stale.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE candidatures_candidature SET gel = 'free'")

    assert freeze_of(team) == Freeze.COLLEGE


RAW = [
    "UPDATE candidatures_volet SET state = 'complement_requested', admitted_at = NULL, admitted_by_id = NULL",
    "UPDATE preuves_chapitre SET state = 'returned' WHERE state = 'approved'",
    "UPDATE preuves_dossierdepreuves SET version_id = version_id + 1",
]


@pytest.mark.parametrize("sql", RAW)
@pytest.mark.parametrize("attributed", [True, False])
def test_raw_sql_opens_nothing_again(team: Team, sql: str, *, attributed: bool) -> None:
    if attributed:
        an_attributed_solution(team.candidature, team.mandataire)
    else:
        a_listed_examen(team.candidature)

    with pytest.raises(IntegrityError, match="not opened again"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_raw_contestation_is_refused(team: Team) -> None:
    a_listed_examen(team.candidature)
    dossier = make_2.the_chapitre(team.candidature).dossier

    with pytest.raises(IntegrityError, match="not opened again"), transaction.atomic():
        Contestation.objects.create(
            dossier=dossier, numero="X", reason="Vu.", contested_at=SOON, contested_by=team.instructeur
        )


def test_dossier_that_is_open_again_is_not_listed(team: Team) -> None:
    examen = a_listed_examen(team.candidature)
    seance = examen.seance
    examen.delete()
    reopen(team)

    with pytest.raises(SeanceNotPossible) as refused:
        list_candidature(
            seance_id=seance.pk, candidature_id=team.candidature.pk, despite=True, by=seance.secretaire, at=SOON
        )

    assert " ".join(refused.value.reasons) == (
        "Le volet «\u00a0Formulaire d’éligibilité\u00a0» est rouvert à l’éditeur\u00a0: attendez sa réponse, ou "
        "annulez la demande. Inscrit, le dossier se fige."
    )
    assert not Examen.objects.exists()


def test_both_sides_read_it_before_and_after(client: Client, team: Team) -> None:
    nru = team.candidature.nru
    editeur, ans = f"/candidatures/{nru}/eligibilite/soumettre/", f"/instruction/{nru}/eligibilite/"

    assert [BEFORE in page(client, who, path) for who, path in ((team.salarie, editeur), (team.instructeur, ans))] == [
        True,
        True,
    ]
    a_listed_examen(team.candidature)
    for who, path in ((team.salarie, editeur), (team.instructeur, ans), (team.instructeur, f"{ans}demande/")):
        assert why_frozen(Freeze.COLLEGE) in page(client, who, path)
        assert BEFORE not in page(client, who, path)
    assert "Rouvrir des champs</a>" not in page(client, team.instructeur, ans)


def test_desks_of_a_frozen_dossier_offer_only_what_is_received(client: Client, team: Team) -> None:
    path = f"/candidatures/{team.candidature.nru}/guichets/"
    before = page(client, team.salarie, path)
    a_listed_examen(team.candidature)
    after = page(client, team.salarie, path)

    assert ("Déclarer la demande" in before, why_frozen(Freeze.COLLEGE) in before) == (True, False)
    assert ("Déclarer la demande" in after, why_frozen(Freeze.COLLEGE) in after) == (False, True)
    assert ("Corriger" in after, "Déposer une capture" in after) == (True, True)


def page(client: Client, who: object, path: str) -> str:
    client.force_login(who)  # type: ignore[arg-type]
    return client.get(path, follow=True).content.decode()


def test_secretaire_reads_it_before_the_inscription(client: Client, team: Team) -> None:
    examen = a_listed_examen(team.candidature, is_open=False)
    examen.delete()

    shown = page(client, examen.seance.secretaire, f"/college/{examen.seance_id}/inscrire/{team.candidature.nru}/")

    assert BEFORE in shown
