"""Équivalences: granted by what is accepted elsewhere for the same solution, gone with it, and told once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from candidatures.enums import Verdict, VoletKind
from candidatures.models import Candidature
from candidatures.operations.candidatures import withdraw_candidature
from candidatures.operations.instruction import reopen_volet
from candidatures.operations.volets import save_answers, submit_volet
from comptes import clock
from comptes.models import JournalEntry, Notice
from comptes.sweeps import send_digests
from preuves import sweeps
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import Act, ChapitreState, ExigibiliteKind
from preuves.models import EquivalenceDite, VersionDEquivalences
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.dossiers import move_to_version
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.operations.rem import RemNotPublishable
from preuves.operations.reouvertures import contest_dispense, reopen_chapitre
from preuves.queries.chapitres import who_moved_chapitre
from preuves.queries.dossier import dossier_of
from preuves.queries.instruction import missing_in, submitted_revisions
from preuves.rules.exigibilite import Exigibilite
from tests.factories import candidatures as make
from tests.factories import equivalences as equal
from tests.factories import preuves as prove
from tests.factories.conventions import approve
from tests.factories.equivalences import DUI, ESSAI, HERE, SECOND_HERE, SECOND_THERE, THERE, Pair, a_line, a_table
from tests.ground import standing

Kind = ExigibiliteKind
LATER = equal.ACCEPTED_AT + timedelta(days=10)
pair = standing(equal.make_pair)


def fresh(candidature: Candidature) -> Candidature:
    return Candidature.objects.with_names().get(pk=candidature.pk)


def exigibilite(candidature: Candidature, numero: str = HERE) -> Exigibilite:
    dossier = dossier_of(fresh(candidature))
    assert dossier
    return dossier.exigibilites[numero]


def follow(at: datetime = LATER) -> int:
    with clock.travel(at):
        return sweeps.follow_equivalences()


# -- granted ----------------------------------------------------------------------------------------------------------


def test_accepted_elsewhere_is_not_asked_again_and_says_from_where(pair: Pair) -> None:
    a_table(a_line(note="Même module."))

    due = exigibilite(pair.here)

    assert due.kind is Kind.EQUIVALENT
    assert due.equivalent
    source = due.equivalent
    assert (source.numero, source.nru, source.dispositif) == (THERE, pair.there.nru, "Dispositif d’essai")
    assert (source.since, source.note, source.profils) == (equal.ACCEPTED_AT, "Même module.", frozenset())
    assert exigibilite(pair.here, SECOND_HERE).kind is Kind.REQUIRED


def test_since_is_when_the_last_of_the_three_was_there(pair: Pair) -> None:
    a_table(a_line(), at=LATER)

    equivalent = exigibilite(pair.here).equivalent

    assert equivalent
    assert equivalent.since == LATER


def test_without_a_table_nothing_is_equivalent(pair: Pair) -> None:
    assert exigibilite(pair.here).kind is Kind.REQUIRED


def test_table_goes_one_way(pair: Pair) -> None:
    a_table(a_line(HERE, THERE), source=DUI, cible=ESSAI)

    assert exigibilite(pair.here).kind is Kind.REQUIRED


def test_a_pair_in_each_direction(db: None) -> None:
    prove.a_rem()
    equal.an_essai_rem()
    team = equal.make_team()
    elsewhere = equal.a_candidature_elsewhere(team.produit, team.mandataire, team.instructeur, team.candidature.nru)
    equal.refers(team.candidature, team.mandataire, team.instructeur, elsewhere.nru)
    eligible = make.a_submitted_volet(team.candidature, team.mandataire, kind=VoletKind.ELIGIBILITE)
    make.admit(eligible, team.instructeur)
    a_table(a_line(THERE, HERE))
    a_table(a_line(SECOND_HERE, SECOND_THERE), source=DUI, cible=ESSAI)

    approve(elsewhere, team, "VAG")
    approve(fresh(team.candidature), team, "MAT")

    assert exigibilite(team.candidature).kind is Kind.EQUIVALENT
    assert exigibilite(elsewhere, SECOND_THERE).kind is Kind.EQUIVALENT
    # What was not deposited, since an équivalence dispensed from it, counts for nothing elsewhere.
    assert exigibilite(elsewhere, THERE).kind is Kind.REQUIRED


def test_another_editeur_never_counts_even_when_it_is_typed(pair: Pair) -> None:
    a_table(a_line())
    stranger = pair.team.stranger
    produit = make.a_produit(stranger.rattachements.get().editeur, stranger, "Copie")
    other = make.a_candidature(produit, stranger)
    equal.refers(other, stranger, pair.team.instructeur, pair.there.nru)

    assert exigibilite(other).kind is Kind.REQUIRED
    assert follow() == 1  # the éditeur’s own, alone


def test_another_product_of_the_same_editeur_does_not_count(pair: Pair) -> None:
    a_table(a_line())
    other = make.a_candidature(make.a_produit(pair.team.editeur, pair.team.mandataire, "Autre"), pair.team.mandataire)
    equal.refers(other, pair.team.mandataire, pair.team.instructeur, pair.there.nru)

    assert exigibilite(other).kind is Kind.REQUIRED


def test_condition_names_the_profils_beside_which_no_other_is_presented(pair: Pair) -> None:
    a_table(a_line(THERE, HERE, "PA", "PDS"), a_line(SECOND_THERE, SECOND_HERE, "PA"))

    assert exigibilite(pair.here).kind is Kind.EQUIVALENT
    assert exigibilite(pair.here, SECOND_HERE).kind is Kind.REQUIRED


def test_nothing_counts_before_the_reference_is_confirmed(db: None) -> None:
    prove.a_rem()
    equal.an_essai_rem()
    team = equal.make_team()
    there = equal.a_candidature_elsewhere(team.produit, team.mandataire, team.instructeur)
    approve(there, team, "VAG")
    a_table(a_line())
    references = {"references_vague_1": {"aucun": True}, "references_vague_2": {"lignes": [{"nru": there.nru}]}}
    make.a_submitted_volet(team.candidature, team.mandataire, **references)

    due = exigibilite(team.candidature)

    assert (due.kind, due.awaits) == (Kind.REQUIRED, there.nru)


@pytest.mark.parametrize("lines", [1, 40])
def test_queries_do_not_grow_with_the_table(pair: Pair, lines: int) -> None:
    others = [a_line(THERE, f"X.{number:02}") for number in range(lines - 1)]
    a_table(a_line(), *others)
    candidature = fresh(pair.here)
    dossier_of(candidature)  # the REM and the table are read once by each process

    with CaptureQueriesContext(connection) as asked:
        dossier_of(candidature)

    # the dossier, the version, the volets; then the collège, the tables, what is accepted
    assert len(asked) == 6


def test_published_table_is_never_rewritten(pair: Pair) -> None:
    version = a_table(a_line())

    for change in (lambda: version.lignes.all().update(cible="X"), lambda: version.lignes.all().delete()):
        with pytest.raises(IntegrityError, match="written once|rewrit"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        VersionDEquivalences.objects.filter(pk=version.pk).update(sha256="0" * 64)


def test_same_content_again_is_no_new_version_and_an_older_day_is_refused(pair: Pair) -> None:
    version = a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE), day=date(2026, 7, 1))

    assert a_table(a_line(SECOND_THERE, SECOND_HERE), a_line(), day=date(2026, 8, 1)) == version
    with pytest.raises(RemNotPublishable, match="plus récente"):
        a_table(a_line(), day=date(2026, 7, 1))


# -- taken away -------------------------------------------------------------------------------------------------------


def rem_changed(pair: Pair) -> None:
    spec = RemSpec(
        (
            ChapitreSpec(
                "VAG",
                "Vague et marées",
                (prove.an_exigence("VAG.01", prove.a_preuve_spec(THERE), texte="<p>Autrement.</p>"),),
            ),
        )
    )
    version = equal.an_essai_rem(spec, date(2026, 12, 1), LATER)
    move_to_version(candidature_id=pair.there.pk, version_id=version.pk, by=pair.team.mandataire, at=LATER)


def withdrawn(pair: Pair) -> None:
    withdraw_candidature(candidature_id=pair.there.pk, by=pair.team.mandataire, at=LATER)


def foreclosed(pair: Pair) -> None:
    candidature = fresh(pair.there)
    candidature.foreclose(by=pair.team.instructeur, at=LATER, echeance="date-2", reason="Rien n’est venu.")
    candidature.save()


def dropped(pair: Pair) -> None:
    a_table(a_line(SECOND_THERE, SECOND_HERE), day=date(2026, 12, 1), at=LATER)


def narrowed(pair: Pair) -> None:
    a_table(a_line(THERE, HERE, "PH"), day=date(2026, 12, 1), at=LATER)


FALLS: dict[str, tuple[Callable[[Pair], None], str]] = {
    "REM changed": (rem_changed, "son énoncé a changé dans le référentiel de «\u00a0Dispositif d’essai\u00a0»"),
    "withdrawn": (withdrawn, "la candidature {nru} a été retirée"),
    "foreclosed": (foreclosed, "la candidature {nru} est close pour dépôt hors délai"),
    "dropped": (dropped, "la table des équivalences du 1er\u00a0décembre 2026 ne la prévoit plus"),
    "narrowed": (narrowed, "la table des équivalences du 1er\u00a0décembre 2026 en change la condition"),
}


@pytest.mark.parametrize("case", FALLS)
def test_equivalence_goes_with_its_source_and_is_due_since_then(pair: Pair, case: str) -> None:
    a_table(a_line())
    fall, why = FALLS[case]

    fall(pair)

    due = exigibilite(pair.here)
    assert (due.kind, due.asked_at, due.equivalent) == (Kind.REQUIRED, LATER, None)
    assert due.reason == (
        f"L’équivalence avec la preuve {THERE} de {pair.there.nru} ne s’applique plus\u00a0: "
        f"{why.format(nru=pair.there.nru)}."
    )


def test_chapitre_that_opens_again_there_takes_nothing(pair: Pair) -> None:
    a_table(a_line())
    chapitre = prove.the_chapitre(pair.there, "VAG")
    reopen_chapitre(
        chapitre_id=chapitre.pk, reason="À revoir.", seen_version=chapitre.version, by=pair.team.instructeur, at=LATER
    )

    assert exigibilite(pair.here).kind is Kind.EQUIVALENT


def test_reference_that_is_refused_after_all_takes_away_what_it_gave(pair: Pair) -> None:
    a_table(a_line())
    volet = make.the_volet(pair.here)
    reopen_volet(
        volet_id=volet.pk,
        champs=["references_vague_2"],
        text="Vérifiez.",
        seen_version=volet.version,
        by=pair.team.instructeur,
        at=LATER,
    )
    submit_volet(volet_id=volet.pk, by=pair.team.mandataire, at=LATER)

    equal.judge(pair.here, pair.team.instructeur, pair.there.nru, Verdict.REFUSED, LATER)

    due = exigibilite(pair.here)
    assert (due.kind, due.asked_at) == (Kind.REQUIRED, LATER)


def test_reference_that_is_taken_out_takes_its_equivalences_with_it(pair: Pair) -> None:
    """The éditeur’s own act: no more time is given than for a profil that is added."""
    a_table(a_line())
    follow()
    volet = make.the_volet(pair.here)
    reopen_volet(
        volet_id=volet.pk,
        champs=["references_vague_2"],
        text="Oui.",
        seen_version=volet.version,
        by=pair.team.instructeur,
        at=LATER,
    )
    volet.refresh_from_db()
    save_answers(
        volet_id=volet.pk,
        answers={"references_vague_2": {"aucun": True}},
        seen_version=volet.version,
        by=pair.team.mandataire,
        at=LATER,
    )
    submit_volet(volet_id=volet.pk, by=pair.team.mandataire, at=LATER)

    due = exigibilite(pair.here)
    assert (due.kind, due.asked_at) == (Kind.REQUIRED, None)
    assert follow(LATER + timedelta(minutes=1)) == 1
    assert "n’est plus déclarée" in EquivalenceDite.objects.get().reason


def test_foreclosure_that_is_undone_gives_it_back(pair: Pair) -> None:
    a_table(a_line())
    foreclosed(pair)
    candidature = fresh(pair.there)

    candidature.reopen()
    candidature.save()

    assert exigibilite(pair.here).kind is Kind.EQUIVALENT


def test_another_source_keeps_it(pair: Pair) -> None:
    """Two tables may not give one preuve twice, but a former version of the same solution may."""
    a_table(a_line(), day=date(2026, 6, 2))
    a_table(a_line(SECOND_THERE, HERE), day=date(2026, 12, 1), at=LATER)

    due = exigibilite(pair.here)

    assert due.kind is Kind.EQUIVALENT
    assert due.equivalent
    assert (due.equivalent.numero, due.equivalent.since) == (SECOND_THERE, LATER)


def test_what_was_accepted_anew_counts_anew(pair: Pair) -> None:
    a_table(a_line())
    rem_changed(pair)
    assert exigibilite(pair.here).kind is Kind.REQUIRED

    prove.a_deposit(pair.there, pair.team.mandataire, THERE, prove.a_number("1"), seen=1, at=LATER)
    chapitre = submit_chapitre(candidature_id=pair.there.pk, code="VAG", by=pair.team.mandataire, at=LATER)
    again = LATER + timedelta(hours=1)
    by = pair.team.instructeur
    claim_chapitre(chapitre_id=chapitre.pk, by=by, at=again)
    for numero, revision in submitted_revisions(chapitre).items():
        save_draft(
            chapitre_id=chapitre.pk, numero=numero, sha256=revision.sha256, avis="accepted", reason="", by=by, at=again
        )
    chapitre.refresh_from_db()
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=by, at=again)

    equivalent = exigibilite(pair.here).equivalent
    assert equivalent
    assert equivalent.since == again


def test_contested_equivalence_is_due(pair: Pair) -> None:
    a_table(a_line())

    contest_dispense(
        candidature_id=pair.here.pk, numero=HERE, reason="Le module diffère.", by=pair.team.instructeur, at=LATER
    )

    due = exigibilite(pair.here)
    assert (due.kind, due.asked_at) == (Kind.REQUIRED, LATER)
    assert due.reason == "Demandée par l’ANS, avec ce motif\u00a0: Le module diffère."


# -- told -------------------------------------------------------------------------------------------------------------


def test_team_is_told_once_of_what_is_granted(pair: Pair, effects_run: None) -> None:
    a_table(a_line())
    mail.outbox.clear()

    assert (follow(), follow(), follow(LATER + timedelta(days=1))) == (1, 0, 0)
    assert mail.outbox == []  # nothing waits for an act of the team: it reads it in the résumé of the day
    for days in (1, 2):
        with clock.travel(LATER + timedelta(days=days)):
            send_digests()

    (letter,) = [message for message in mail.outbox if message.to == [pair.team.salarie.email]]
    assert "que vous avez choisi" not in letter.body
    assert f"{HERE}\u00a0: équivalente à la preuve {THERE} de {pair.there.nru}" in letter.body
    assert Notice.objects.filter(kind="preuves.equivalences_granted", email=pair.team.salarie.email).count() == 1
    last = JournalEntry.objects.filter(chain=pair.here.chain).order_by("-number")[0]
    assert (last.act, last.params, last.by) == (Act.EQUIVALENCES_GRANTED, {"preuves": HERE}, None)


def test_team_is_told_once_of_what_falls_with_why(pair: Pair, effects_run: None) -> None:
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    follow()
    withdrawn(pair)
    mail.outbox.clear()

    assert (follow(LATER + timedelta(minutes=1)), follow(LATER + timedelta(days=1))) == (1, 0)

    (letter,) = [message for message in mail.outbox if message.to == [pair.team.salarie.email]]
    for numero in (HERE, SECOND_HERE):
        assert f"- {numero}, équivalente" in letter.body
    assert f"la candidature {pair.there.nru} a été retirée" in letter.body
    last = JournalEntry.objects.filter(chain=pair.here.chain).order_by("-number")[0]
    motif = f"la candidature {pair.there.nru} a été retirée"
    assert (last.act, last.params) == (Act.EQUIVALENCES_ENDED, {"preuves": f"{HERE}, {SECOND_HERE}", "motif": motif})


def test_what_was_never_told_and_fell_is_not_told(pair: Pair) -> None:
    a_table(a_line())
    withdrawn(pair)

    assert follow() == 0


def test_stranger_is_told_nothing(pair: Pair) -> None:
    a_table(a_line())
    follow()

    told = set(Notice.objects.filter(kind="preuves.equivalences_granted").values_list("email", flat=True))
    assert told == {pair.team.mandataire.email, pair.team.representant.email, pair.team.salarie.email}


def test_approved_chapitre_opens_again_and_nothing_in_it_is_lost(pair: Pair) -> None:
    a_table(a_line())
    follow()
    approve(pair.here, pair.team, "MAT")
    assert prove.the_chapitre(pair.here).state == ChapitreState.APPROVED

    withdrawn(pair)
    after = LATER + timedelta(minutes=1)
    follow(after)

    chapitre = prove.the_chapitre(pair.here)
    assert (chapitre.state, chapitre.concluded_at, chapitre.concluded_by) == (ChapitreState.RETURNED, after, None)
    assert "une équivalence ne s’applique plus" in who_moved_chapitre(chapitre)
    dossier = dossier_of(fresh(pair.here))
    assert dossier
    facts = dossier.chapitres[0].facts
    assert (facts.missing, facts.accepted, facts.asked_at) == ((HERE,), 1, after)


def test_chapitre_in_the_hands_of_the_ans_is_seen_to_have_moved(pair: Pair) -> None:
    a_table(a_line())
    follow()
    chapitre = prove.a_submitted_chapitre(pair.here, pair.team.mandataire)

    withdrawn(pair)
    follow(LATER + timedelta(minutes=1))

    after = prove.the_chapitre(pair.here)
    assert (after.state, after.version) == (ChapitreState.SUBMITTED, chapitre.version + 1)
    assert missing_in(after) == (HERE,)


def test_chapitre_that_was_acquis_gets_the_time_to_answer(pair: Pair) -> None:
    a_table(a_line(), a_line(SECOND_THERE, SECOND_HERE))
    dossier = dossier_of(fresh(pair.here))
    assert dossier
    assert dossier.chapitres[0].facts.standing == "acquis"

    withdraw_candidature(candidature_id=pair.there.pk, by=pair.team.mandataire, at=LATER)

    dossier = dossier_of(fresh(pair.here))
    assert dossier
    facts = dossier.chapitres[0].facts
    assert (facts.standing, facts.asked_at) == (ChapitreState.OPEN, LATER)


def test_candidature_that_is_over_is_told_nothing(pair: Pair) -> None:
    a_table(a_line())
    withdraw_candidature(candidature_id=pair.here.pk, by=pair.team.mandataire, at=LATER)

    assert follow() == 0


def test_following_is_constant_in_queries_while_nothing_changes(pair: Pair) -> None:
    a_table(a_line())
    follow()

    with CaptureQueriesContext(connection) as asked:
        assert follow(LATER + timedelta(minutes=1)) == 0

    # two of the candidatures, the volets, what was told; then the collège, the tables, what is accepted
    assert len(asked) == 7
