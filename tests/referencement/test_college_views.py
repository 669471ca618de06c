"""The pages of the collège: what each person reads there, what is refused in words, and the closing, proved again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from comptes.views.confirm import STAMP
from referencement.enums import Decision, ExamenState, SeanceState
from referencement.models import AvisDeMembre, Examen, SeanceDuCollege
from tests.factories import candidatures as make
from tests.ground import standing
from tests.referencement.conftest import PRINTS
from tests.referencement.test_seances import AT, REASON, Sitting, a_sitting
from tests.urls_cast import browser

pytestmark = pytest.mark.django_db


sitting = standing(a_sitting)


@pytest.fixture
def secretaire(sitting: Sitting) -> Client:
    with clock.travel(AT):
        return browser(sitting.secretaire)


def url(name: str, sitting: Sitting, *, nru: bool = True) -> str:
    args = [sitting.seance.pk, sitting.candidature.nru] if nru else [sitting.seance.pk]
    return reverse(f"referencement:{name}", args=args)


def shown(client: Client, address: str, status: int = 200) -> str:
    with clock.travel(AT):
        answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def posted(client: Client, address: str, data: dict[str, object] | None = None) -> tuple[int, str]:
    """Return the status, and the page that follows."""
    with clock.travel(AT):
        answer = client.post(address, data or {})
        page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    return answer.status_code, page.content.decode()


def advised(sitting: Sitting) -> dict[str, object]:
    return {f"avis_{membre.pk}": "favourable" for membre in sitting.seance.membres.all()}


# -- the agenda --------------------------------------------------------------------------------------------------------


def test_secretaire_plans_a_seance_at_the_hour_of_paris(sitting: Sitting, secretaire: Client) -> None:
    membres = [membre.compte_id for membre in sitting.seance.membres.all()]
    data = {"held_at": "2027-12-14T14:00", "quorum": 2, "membres": membres}
    status, _ = posted(secretaire, reverse("referencement:seance_new"), data)
    seance = SeanceDuCollege.objects.latest("pk")

    assert status == 302
    assert seance.held_at == datetime(2027, 12, 14, 13, 0, tzinfo=UTC)
    assert seance.membres.count() == 3


def test_quorum_above_the_members_called_is_said_at_the_field(sitting: Sitting, secretaire: Client) -> None:
    membres = [membre.compte_id for membre in sitting.seance.membres.all()]
    status, page = posted(
        secretaire,
        reverse("referencement:seance_new"),
        {"held_at": "2027-12-14T14:00", "quorum": 9, "membres": membres},
    )

    assert status == 422
    assert "Le quorum (9) va de 1 au nombre de membres appelés (3)." in page


def test_ready_dossier_is_proposed_first_then_listed_in_one_click(sitting: Sitting, secretaire: Client) -> None:
    assert "Convention signée" in shown(secretaire, url("seance", sitting, nru=False))
    assert "Ce dossier est complet." in shown(secretaire, url("examen_new", sitting))
    status, page = posted(secretaire, url("examen_new", sitting))

    assert status == 302
    assert "Inscrit à l’ordre du jour" in page


def test_dossier_that_misses_something_says_what_before_it_is_listed_all_the_same(db: None) -> None:
    sitting = a_sitting(ready=False)
    secretaire = browser(sitting.secretaire)
    page = shown(secretaire, url("examen_new", sitting))
    assert "La convention n’est pas préparée." in page
    assert "Inscrire malgré ce qui manque" in page
    status, _ = posted(secretaire, url("examen_new", sitting))
    assert (status, Examen.objects.count()) == (422, 0)

    assert posted(secretaire, url("examen_new", sitting), {"malgre": "oui"})[0] == 302


def test_members_who_came_open_the_seance(sitting: Sitting, secretaire: Client) -> None:
    membre = sitting.seance.membres.order_by("pk")[0]
    posted(secretaire, url("seance_presences", sitting, nru=False), {"membre": [membre.pk]})

    assert list(sitting.seance.membres.filter(is_present=True)) == [membre]


def test_dossier_is_taken_off_the_agenda_with_a_reason(sitting: Sitting, secretaire: Client) -> None:
    sitting.list()
    assert "Indiquez pourquoi" in posted(secretaire, url("examen_unlist", sitting))[1]
    posted(secretaire, url("examen_unlist", sitting), {"motif": "Demande de l’éditeur."})

    assert Examen.objects.count() == 0


# -- advice and decision ---------------------------------------------------------------------------------------------


def test_advice_then_decision_are_noted_and_not_yet_published(sitting: Sitting, secretaire: Client) -> None:
    examen = sitting.list()
    assert "Les avis sont enregistrés." in posted(secretaire, url("examen_avis", sitting), advised(sitting))[1]
    data = {"decision": Decision.ATTRIBUTED, "version": examen.version}
    status, page = posted(secretaire, url("examen_decide", sitting), data)

    assert status == 302
    assert "Elle sera publiée à la clôture de la séance." in page
    assert Examen.objects.get().state == ExamenState.DECIDED


def test_conflict_without_its_words_is_refused_alone(sitting: Sitting, secretaire: Client) -> None:
    sitting.list()
    first = sitting.seance.membres.order_by("pk")[0]
    data = advised(sitting) | {f"avis_{first.pk}": "conflit"}
    status, page = posted(secretaire, url("examen_avis", sitting), data)

    assert status == 409
    assert "2 avis enregistrés. 1 avis n’est pas noté" in page
    assert "Indiquez ce conflit d’intérêts" in page
    assert '<option value="conflit" selected>' in page
    assert not AvisDeMembre.objects.filter(membre=first).exists()
    assert AvisDeMembre.objects.count() == 2


def test_non_attribution_without_a_motif_is_a_sentence_in_the_form(sitting: Sitting, secretaire: Client) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    data = {"decision": Decision.NOT_ATTRIBUTED, "version": examen.version}
    status, page = posted(secretaire, url("examen_decide", sitting), data)

    assert status == 422
    assert "Indiquez pourquoi le référencement n’est pas attribué" in page
    assert Examen.objects.get().state == ExamenState.LISTED


def test_decision_from_a_stale_page_is_refused(sitting: Sitting, secretaire: Client) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    data = {"decision": Decision.NOT_ATTRIBUTED, "motifs": [REASON], "version": 0}

    assert (
        "Une autre personne vient de modifier cette séance"
        in posted(secretaire, url("examen_decide", sitting), data)[1]
    )
    assert Examen.objects.get().decision == Decision.ATTRIBUTED


def test_member_reads_the_dossier_and_notes_nothing(sitting: Sitting) -> None:
    sitting.list()
    member = browser(Compte.objects.filter(roles_ans__contains=[RoleANS.MEMBRE_COLLEGE])[0])
    page = shown(member, url("examen", sitting))

    assert "Ce dossier est complet" in page
    assert "Noter la décision" not in page
    with clock.travel(AT):
        assert member.post(url("examen_decide", sitting), {"decision": "attributed"}).status_code == 403


def test_published_dossier_shows_what_was_frozen(sitting: Sitting, secretaire: Client) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    sitting.close()
    page = shown(secretaire, url("examen", sitting))

    assert "Décision publiée" in page
    assert Examen.objects.get().sha256 in page


def test_editeur_reads_why_it_is_not_attributed_and_nobody_else_does(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen, Decision.NOT_ATTRIBUTED, REASON)
    address = reverse("referencement:candidature", args=[sitting.candidature.nru])
    editeur = browser(sitting.parties.signatory)
    assert REASON not in shown(editeur, address)
    sitting.close()

    assert REASON in shown(editeur, address)
    assert REASON not in shown(Client(), reverse("referencement:solutions"))


def test_convention_is_then_for_the_agency_to_sign(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    sitting.close()
    page = shown(
        browser(sitting.parties.responsable), reverse("referencement:candidature", args=[sitting.candidature.nru])
    )

    assert "À signer par l’ANS" in page
    assert "Attestation de référencement" in page


def test_editeur_learns_no_decision_before_the_closing(sitting: Sitting) -> None:
    examen = sitting.list()
    sitting.advise(examen, conflicts=1)
    sitting.decide(examen)
    editeur, nru = browser(sitting.parties.signatory), sitting.candidature.nru
    pages = [
        shown(editeur, reverse(name, args=[nru])) for name in ("referencement:candidature", "candidatures:journal")
    ]
    assert any("à la séance du collège du" in page for page in pages)
    assert not any("Décision enregistrée" in page or "conflit" in page or "L’avis de" in page for page in pages)
    sitting.close()

    assert "Le référencement est attribué" in shown(editeur, reverse("candidatures:journal", args=[nru]))


# -- the closing -----------------------------------------------------------------------------------------------------


@pytest.fixture
def decided(sitting: Sitting) -> Sitting:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    return sitting


def test_closing_shows_all_that_it_sends(decided: Sitting, secretaire: Client) -> None:
    nru = decided.candidature.nru
    page = shown(secretaire, url("seance_close", decided, nru=False))
    assert f"ATT-{nru}" in page
    assert f"RC-{nru}" in page
    preview = shown(secretaire, url("examen_preview", decided))

    assert "le référencement est attribué" in preview
    assert decided.parties.signatory.email in preview


@PRINTS
@pytest.mark.parametrize("kind", ["attestation", "rapport"])
def test_documents_are_read_before_they_exist(decided: Sitting, secretaire: Client, kind: str) -> None:
    with clock.travel(AT):
        answer = secretaire.get(
            reverse("referencement:document_preview", args=[decided.seance.pk, kind, decided.candidature.nru])
        )

    assert answer.content.startswith(b"%PDF-")
    assert not decided.candidature.documents.filter(kind=kind).exists()


@PRINTS
def test_decision_of_a_non_attribution_is_read_before_it_exists(sitting: Sitting, secretaire: Client) -> None:
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen, Decision.NOT_ATTRIBUTED, "Une preuve ne convainc pas.")
    numero = f"DEC-{sitting.candidature.nru}-1"
    address = url("seance_close", sitting, nru=False)
    assert numero in shown(secretaire, address)
    href = reverse("referencement:document_preview", args=[sitting.seance.pk, "decision", sitting.candidature.nru])
    preview = shown(secretaire, url("examen_preview", sitting))
    assert (numero in preview, href in preview) == (True, True)
    with clock.travel(AT):
        assert secretaire.get(href).content.startswith(b"%PDF-")
        assert secretaire.get(href.replace("decision", "attestation")).status_code == 404
    assert not sitting.candidature.documents.filter(kind="decision").exists()

    sitting.close()
    assert sitting.candidature.documents.get(kind="decision").numero == numero


@PRINTS
def test_minutes_are_read_before_they_exist(decided: Sitting, secretaire: Client) -> None:
    with clock.travel(AT):
        answer = secretaire.get(reverse("referencement:minutes_preview", args=[decided.seance.pk, "proces_verbal"]))

    assert answer.content.startswith(b"%PDF-")


def test_closing_asks_who_one_is_again(decided: Sitting, settings: Any) -> None:
    settings.PROOF_IS_FRESH_FOR = 600
    clerk = make.a_person(roles_ans=[RoleANS.SECRETAIRE_COLLEGE])
    clerk.set_password("une longue phrase de passe")
    clerk.save()
    client = browser(clerk)
    session = client.session
    session[STAMP] = (clock.machine_now() - timedelta(seconds=601)).isoformat()
    session.save()
    address = url("seance_close", decided, nru=False)
    typed = {"version": decided.version, "identite": "oui"}

    assert posted(client, address, {"version": decided.version})[0] == 401
    assert "Mot de passe incorrect." in posted(client, address, typed | {"identite-password": "autre"})[1]
    assert SeanceDuCollege.objects.get().state == SeanceState.OPEN
    assert posted(client, address, typed | {"identite-password": "une longue phrase de passe"})[0] == 302
    assert SeanceDuCollege.objects.get().state == SeanceState.CLOSED


def test_closing_says_why_it_is_not_possible(sitting: Sitting, secretaire: Client) -> None:
    sitting.list()
    address = url("seance_close", sitting, nru=False)

    assert "Aucune décision n’est enregistrée" in shown(secretaire, address)
    status, page = posted(secretaire, address, {"version": sitting.version})
    assert (status, SeanceDuCollege.objects.get().state) == (409, SeanceState.OPEN)
    assert "Aucune décision n’est enregistrée" in page


def test_closing_from_a_stale_page_is_refused(decided: Sitting, secretaire: Client) -> None:
    status, page = posted(secretaire, url("seance_close", decided, nru=False), {"version": 0})

    assert status == 409
    assert "Une autre personne vient de modifier cette séance" in page
