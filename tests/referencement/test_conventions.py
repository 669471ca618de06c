"""A convention is prepared, sent, changed hands and cancelled; what is refused moves nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from candidatures.enums import VoletKind
from candidatures.operations.instruction import reopen_volet
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.permissions import people_with_access
from comptes import clock, journal
from comptes.models import JournalEntry
from referencement import sweeps
from referencement.catalogue.convention import convention_of
from referencement.enums import ConventionState
from referencement.models import Convention
from referencement.operations.conventions import (
    ConventionNotPossible,
    cancel_convention,
    change_signatory,
    prepare_convention,
    send_convention,
)
from referencement.operations.signatures import SignatureNotPossible, send_code, sign_convention
from referencement.queries.conventions import address_of, quotes_of, still_holds
from referencement.rules.convention import data_of
from tests.candidatures.conftest import all_at_once
from tests.factories import candidatures as phase_1
from tests.factories import conventions as make
from tests.factories.conventions import AT, Parties

from .conftest import PRINTS
from .test_documents import QUOTES

# Each act is done with the role of the portal's processes: no act needs what that role is denied.
pytestmark = pytest.mark.usefixtures("as_the_application")

SECOND = timedelta(seconds=1)


def new_distributeur(parties: Parties) -> None:
    """The éligibilité is reopened to add a distributeur, and handed over again."""
    by, at = parties.signatory, AT
    volet = phase_1.the_volet(parties.candidature, VoletKind.ELIGIBILITE)
    reopen_volet(
        volet_id=volet.pk,
        champs=["distributeurs"],
        text="À votre demande.",
        seen_version=volet.version,
        by=parties.team.instructeur,
        at=at,
    )
    volet.refresh_from_db()
    answers = {
        "distributeurs": {
            "lignes": [
                {"raison_sociale": "Ouest Distribution", "immatriculation": {"pays": "FR", "identifiant": "552008443"}}
            ]
        }
    }
    save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=by, at=at)
    submit_volet(volet_id=volet.pk, by=by, at=at)


def test_prepared_convention_quotes_what_was_handed_over(parties: Parties) -> None:
    convention = make.a_convention(parties)

    assert convention.state == ConventionState.DRAFTED
    assert convention.data["numero"] == f"CONV-{parties.candidature.nru}-1"
    assert convention.data["cite"] == quotes_of(parties.candidature)
    assert "Sirocco Logiciels" in convention.data["articles"][0]["paragraphes"][0]
    assert convention.document.sha256 == convention.sha256
    assert [entry.act for entry in acts(convention)] == ["convention.drafted"]


MANDATE = {"nom": "mandat-nord.pdf", "sha256": "ab" * 32}


def groupement_of(**changes: Any) -> dict[str, Any]:
    """What a convention would say of a groupement of one member, who gave its mandate unless said otherwise."""
    member = {"raison_sociale": "Nord Logiciels", "siren": "732829320"} | changes
    return data_of(convention_of("ms-dui-va2"), {**QUOTES, "groupement": [member]}, numero="CONV-1")


def test_members_are_jointly_liable_and_their_mandate_is_cited() -> None:
    data = groupement_of(mandat=MANDATE)

    articles = " ".join(part for article in data["articles"] for part in article["paragraphes"])
    assert "solidairement responsables" in articles
    assert "répond seul" not in articles
    assert data["tableaux"][0] == {
        "titre": "Mandats donnés au chef de file",
        "aucun": "",
        "colonnes": ["Raison sociale", "Immatriculation", "Pièce", "Empreinte (SHA-256)"],
        "lignes": [["Nord Logiciels", "SIREN\u00a0732\u00a0829\u00a0320", "mandat-nord.pdf", "ab" * 32]],
    }


def test_member_of_a_first_dossier_has_no_mandate_to_cite() -> None:
    assert groupement_of()["tableaux"][0]["lignes"] == [
        ["Nord Logiciels", "SIREN\u00a0732\u00a0829\u00a0320", "Non demandé à son dépôt", ""]
    ]


def test_convention_of_two_countries_names_each_number_as_its_country_does() -> None:
    belgian = {"immatriculation": {"pays": "BE", "identifiant": "0403170701"}}
    monegasque = {"immatriculation": {"pays": "MC", "identifiant": "FR53000004605"}}
    french, other = {"raison_sociale": "Nord", "siren": "732829320"}, {"raison_sociale": "Bise", **belgian}
    component = {"nom": "Foehn", "editeur": "Mistral", "nil": "", "version": "1.0"}
    quotes = {
        **QUOTES,
        "groupement": [french, other],
        "distributeurs": [{"raison_sociale": "Mistral", **monegasque}],
        "solution": {**QUOTES["solution"], "additionnels": [{**component, **monegasque}]},
    }

    tables = {table["titre"]: table for table in data_of(convention_of("ms-dui-va2"), quotes, numero="C")["tableaux"]}
    numbers = {title: [row[1] for row in table["lignes"]] for title, table in tables.items()}
    assert numbers["Mandats donnés au chef de file"] == [
        "SIREN\u00a0732\u00a0829\u00a0320",
        "n°\u00a0d’entreprise\u00a00403.170.701 (Belgique)",
    ]
    assert numbers["Distributeurs"] == ["TVA\u00a0FR\u00a053\u00a0000004605 (Monaco)"]
    assert tables["Composants additionnels"]["colonnes"][2] == "Immatriculation"
    assert tables["Composants additionnels"]["lignes"][0][2] == "TVA\u00a0FR\u00a053\u00a0000004605 (Monaco)"


def test_convention_cites_a_french_editeur_as_one_prepared_when_a_siren_alone_was_asked(parties: Parties) -> None:
    convention = make.a_convention(parties)

    former = {"raison_sociale", "siren", "adresse", "code_postal", "commune", "pays"}
    assert convention.data["cite"]["editeur"].keys() == former
    assert convention.data["cite"]["editeur"]["siren"] == "552008443"
    assert still_holds(convention, quotes_of(parties.candidature))


def test_editeur_who_is_alone_has_no_mandate_to_cite() -> None:
    data = data_of(convention_of("ms-dui-va2"), QUOTES, numero="CONV-1")

    assert "Mandats donnés au chef de file" not in [tableau["titre"] for tableau in data["tableaux"]]


def test_convention_of_a_groupement_quotes_the_mandates_and_no_longer_holds_without(parties: Parties) -> None:
    convention = make.a_convention(parties)
    with_a_member(parties)

    quoted = quotes_of(parties.candidature)

    assert quoted["groupement"] == [{"raison_sociale": "Nord", "siren": "732829320", "mandat": MANDATE}]
    assert not still_holds(convention, quoted)


def with_a_member(parties: Parties) -> None:
    """The éligibilité is reopened to add a member with its mandate, and handed over again."""
    by, at = parties.signatory, AT
    volet = phase_1.the_volet(parties.candidature, VoletKind.ELIGIBILITE)
    reopen_volet(
        volet_id=volet.pk,
        champs=["groupement"],
        text="À votre demande.",
        seen_version=volet.version,
        by=parties.team.instructeur,
        at=at,
    )
    volet.refresh_from_db()
    line = {
        "raison_sociale": "Nord",
        "immatriculation": {"pays": "FR", "identifiant": "732829320"},
        "mandat": {"piece": 1, **MANDATE},
    }
    save_answers(
        volet_id=volet.pk, answers={"groupement": {"lignes": [line]}}, seen_version=volet.version, by=by, at=at
    )
    submit_volet(volet_id=volet.pk, by=by, at=at)


def acts(convention: Convention) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(address=address_of(convention)).order_by("number"))


def test_convention_is_prepared_once(parties: Parties) -> None:
    make.a_convention(parties)

    with pytest.raises(ConventionNotPossible, match="déjà en cours"):
        make.a_convention(parties)


def test_convention_waits_for_every_chapitre(parties: Parties) -> None:
    from preuves.operations.reouvertures import reopen_chapitre

    chapitre = parties.candidature.dossier_de_preuves.chapitres.get(code="INS")
    reopen_chapitre(
        chapitre_id=chapitre.pk, seen_version=chapitre.version, reason="Un doute", by=parties.responsable, at=AT
    )

    with pytest.raises(ConventionNotPossible, match="Identité nationale de santé"):
        make.a_convention(parties)

    assert not Convention.objects.exists()


def test_convention_not_printed_yet_is_not_sent(parties: Parties) -> None:
    convention = make.a_convention(parties)

    with pytest.raises(ConventionNotPossible, match="est en cours de préparation"):
        send_convention(convention_id=convention.pk, to=parties.signatory, by=parties.responsable, at=AT)


@PRINTS
def test_sent_convention_asks_its_signatory(parties: Parties, effects_run: None) -> None:
    make.a_sent_convention(parties)

    (message,) = [message for message in mail.outbox if "convention" in message.subject]
    assert message.to == [parties.signatory.email]
    assert "est à signer" in message.subject
    assert f"/candidatures/{parties.candidature.nru}/convention/" in message.body


@PRINTS
def test_convention_is_not_sent_to_who_cannot_engage(parties: Parties) -> None:
    convention = make.a_printed_convention(parties)

    with pytest.raises(ConventionNotPossible, match="ne peut pas engager"):
        send_convention(convention_id=convention.pk, to=parties.team.salarie, by=parties.responsable, at=AT)

    convention.refresh_from_db()
    assert convention.state == ConventionState.DRAFTED


@PRINTS
def test_signatory_changes(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)

    change_signatory(convention_id=convention.pk, to=parties.delegate, by=parties.signatory, at=AT)

    procedures = convention.procedures.order_by("pk")
    assert [(procedure.compte, procedure.closed_at is None) for procedure in procedures] == [
        (parties.signatory, False),
        (parties.delegate, True),
    ]
    assert journal.lines(acts(convention))[-1].sentence.endswith(f"à signer par {parties.delegate.full_name}")


@PRINTS
def test_former_signatory_is_not_asked_any_more(parties: Parties) -> None:
    convention = make.a_sent_convention(parties)
    typed = make.a_code(convention, parties.signatory)
    change_signatory(convention_id=convention.pk, to=parties.delegate, by=parties.signatory, at=AT)

    with pytest.raises(SignatureNotPossible, match="à signer par"):
        sign_convention(convention_id=convention.pk, typed=typed, by=parties.signatory, at=AT)


@PRINTS
def test_next_act_cancels_a_convention_that_no_longer_holds(parties: Parties, effects_run: None) -> None:
    convention = make.a_sent_convention(parties)
    new_distributeur(parties)
    told = [[person.email] for person in people_with_access(parties.candidature.produit)]

    with pytest.raises(ConventionNotPossible, match="citées par la convention ont changé"):
        send_code(convention_id=convention.pk, by=parties.signatory, at=AT + SECOND)

    convention.refresh_from_db()
    assert convention.state == ConventionState.CANCELLED
    assert convention.cancelled_by is None
    assert [message.to for message in mail.outbox if "convention annulée" in message.subject] == told
    assert not convention.procedures.filter(closed_at=None).exists()


def test_convention_is_prepared_again_after_what_it_quotes_changed(parties: Parties) -> None:
    make.a_convention(parties)
    new_distributeur(parties)
    phase_1.admit(phase_1.the_volet(parties.candidature, VoletKind.ELIGIBILITE), parties.team.instructeur, AT)

    second = make.a_convention(parties, AT + SECOND)

    assert second.number == 2
    assert second.data["cite"]["distributeurs"][0]["raison_sociale"] == "Ouest Distribution"


def test_sweep_cancels_what_no_longer_holds_and_nothing_else(parties: Parties) -> None:
    convention = make.a_convention(parties)
    with clock.travel(AT + SECOND):
        assert sweeps.cancel_stale_conventions() == 0
        new_distributeur(parties)
        assert sweeps.cancel_stale_conventions() == 1
        assert sweeps.cancel_stale_conventions() == 0

    convention.refresh_from_db()
    assert convention.cancelled_reason == "des informations qu’elle cite ont changé"


def test_cancellation_says_why(parties: Parties) -> None:
    convention = make.a_convention(parties)

    with pytest.raises(ConventionNotPossible, match="pourquoi"):
        cancel_convention(convention_id=convention.pk, reason="  ", by=parties.responsable, at=AT)
    cancel_convention(convention_id=convention.pk, reason="Une coquille", by=parties.responsable, at=AT)

    convention.refresh_from_db()
    assert (convention.state, convention.cancelled_reason) == (ConventionState.CANCELLED, "Une coquille")


def test_what_a_convention_says_is_never_rewritten(parties: Parties) -> None:
    convention = make.a_convention(parties)

    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE referencement_convention SET sha256 = 'x' WHERE id = %s", [convention.pk])


@pytest.mark.django_db(transaction=True)
def test_two_responsables_at_once_prepare_one(transactional_db: None) -> None:
    parties = make.some_parties()

    results = all_at_once(2, lambda number: make.a_convention(parties))

    assert sorted(type(result).__name__ for result in results) == ["Convention", "ConventionNotPossible"]


def test_article_on_suspension_gives_the_delay_and_awaits_counsel(parties: Parties) -> None:
    convention = prepare_convention(candidature_id=parties.candidature.pk, by=parties.responsable, at=AT)
    (article,) = [article for article in convention.data["articles"] if article["titre"] == "Suspension et retrait"]

    assert any("30 jours pour répondre" in part for part in article["paragraphes"])
    assert convention_of("ms-dui-va2").drafts == ("Suspension et retrait",)
