"""The retention: every column of text has a rule, and the sweep applies the rules, no more and no less."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import CommandError, call_command
from django.db.models import (
    BinaryField,
    CharField,
    FileField,
    ForeignKey,
    GenericIPAddressField,
    JSONField,
    Model,
    TextField,
)

from comptes import clock, journal, outbox
from comptes.catalogue.conservation import Fate, categories, technical_columns
from comptes.enums import Act, InscriptionState, Role, RoleANS, SecurityEvent
from comptes.models import (
    Compte,
    Echec,
    EvenementDeSecurite,
    Identite,
    Invitation,
    JournalEntry,
    Notice,
    RetourIncompris,
)
from comptes.operations.conservation import CompteNotAnonymisable, anonymise_compte, apply_retention
from comptes.operations.invitations import invite
from comptes.operations.rattachements import detach
from segur_portal.management.commands.draw_states import FLOORS
from tests.comptes.conftest import Team
from tests.factories.comptes import InscriptionFactory, RattachementFactory

DAY = timedelta(days=1)
TEXTS = (CharField, TextField, JSONField, FileField, GenericIPAddressField, ArrayField, BinaryField)
MODELS: list[type[Model]] = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]
EMPTY = {"comptes": 0, "invitations": 0, "avis": 0, "echecs": 0, "securite": 0, "retours": 0}


# -- every column has a rule -----------------------------------------------------------------------------------------


def test_every_text_of_every_table_is_in_one_category_or_says_nothing_of_anybody() -> None:
    texts = {
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS) and not field.choices
    }
    ruled = [
        f"{model}.{name}"
        for columns in (*(category.columns for category in categories().values()), technical_columns())
        for model, names in columns.items()
        for name in names
    ]

    assert sorted(texts - set(ruled)) == []
    assert sorted(set(ruled) - texts) == []
    assert len(ruled) == len(set(ruled))


def test_no_row_disappears_with_the_account_that_it_names() -> None:
    links = [
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is Compte
        if field.remote_field.on_delete.__name__ != "PROTECT"
    ]

    assert links == ["SessionOuverte.compte"]  # which the end of the session erases


def test_what_is_archived_has_no_sweep(db: None, at: datetime) -> None:
    swept = set(apply_retention(at=at, dry_run=True))
    archived = {code for code, category in categories().items() if category.fate is Fate.ARCHIVE}

    assert archived == {"dossiers", "secondes-lectures", "decisions", "journal"}
    assert swept == set(categories()) - archived


# -- the sweep -------------------------------------------------------------------------------------------------------


@pytest.fixture
def old(team: Team, at: datetime) -> Team:
    """Somebody detached, an invitation, two messages, a failure, a return, a sign-in: all at one instant."""
    detach(rattachement_id=team.salarie.pk, by=team.mandataire.compte, at=at)
    invite(
        editeur_id=team.editeur.pk,
        email="lea@sirocco.example",
        role=Role.SALARIE,
        may_engage=False,
        by=team.mandataire.compte,
        at=at,
    )
    Invitation.objects.update(expires_at=at)
    Notice.objects.update(subject="Un objet", body="Un texte", posted_at=at)
    Echec.objects.create(task="essai", arguments=[1], reason="Une panne", first_at=at, last_at=at)
    RetourIncompris.objects.create(sha256="0" * 64, received_at=at, subject="Absence")
    journal.note(SecurityEvent.SIGNED_IN, compte=team.salarie.compte)
    return team


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (364, {"retours": 1}),
        (367, {"retours": 1, "invitations": 1, "securite": 1}),
        (732, {"retours": 1, "invitations": 1, "securite": 1, "avis": 2, "echecs": 1}),
        (1097, {"retours": 1, "invitations": 1, "securite": 1, "avis": 2, "echecs": 1, "comptes": 1}),
    ],
)
def test_each_category_is_due_at_its_term_and_settled_once(
    old: Team, at: datetime, days: int, due: dict[str, int]
) -> None:
    later = at + days * DAY

    assert apply_retention(at=later, dry_run=True) == EMPTY | due
    assert Notice.objects.filter(body="Un texte").count() == 2
    assert apply_retention(at=later) == EMPTY | due
    assert apply_retention(at=later) == EMPTY
    assert EvenementDeSecurite.objects.exists() is (days < 365)
    assert Invitation.objects.filter(email="lea@sirocco.example").exists() is (days < 365)
    assert Notice.objects.filter(body="Un texte").exists() is (days < 730)
    assert Echec.objects.exists() is (days < 730)


def test_who_came_back_or_works_at_the_agency_is_kept(old: Team, at: datetime) -> None:
    RattachementFactory(compte=old.salarie.compte, attached_at=at + DAY)
    agent = RattachementFactory(attached_at=at - DAY, detached_at=at).compte
    agent.roles_ans = [RoleANS.INSTRUCTEUR]
    agent.save()

    assert apply_retention(at=at + 2000 * DAY, dry_run=True)["comptes"] == 0


def test_account_of_the_agency_is_kept_until_its_term_after_it_was_closed(team: Team, at: datetime) -> None:
    closed = at - DAY
    Compte.objects.filter(pk=team.instructeur.pk).update(is_active=False, closed_at=closed)

    assert apply_retention(at=closed + 1095 * DAY)["comptes"] == 0
    assert apply_retention(at=closed + 1097 * DAY)["comptes"] == 1
    team.instructeur.refresh_from_db()
    assert team.instructeur.first_name == "Personne"


@pytest.mark.parametrize(("state", "due"), [(InscriptionState.REFUSED, 1), (InscriptionState.PENDING, 0)])
def test_account_of_a_company_that_was_refused_is_kept_until_its_term(
    team: Team, at: datetime, state: InscriptionState, due: int
) -> None:
    decided = {"decided_at": at, "decided_by": team.instructeur, "motif": "Autre entreprise."}
    request = InscriptionFactory(state=state, asked_at=at, **(decided if due else {}))

    assert apply_retention(at=at + 1095 * DAY, dry_run=True)["comptes"] == 0
    assert apply_retention(at=at + 1097 * DAY)["comptes"] == due
    if not due:
        with pytest.raises(CompteNotAnonymisable, match="répondez-lui d’abord"):
            anonymise_compte(compte_id=request.compte_id, reason="x", by=None, at=at)


def test_command_says_what_it_would_do_and_touches_nothing(old: Team, at: datetime) -> None:
    out = StringIO()
    with clock.travel(at + 400 * DAY):
        call_command("apply_retention", "--dry-run", stdout=out)

    assert "Journal de sécurité, 12 mois après l’événement\u00a0: 1" in out.getvalue()
    assert "archives, jamais supprimées par le portail" in out.getvalue()
    assert EvenementDeSecurite.objects.count() == 1


# -- one person ------------------------------------------------------------------------------------------------------


def test_anonymised_account_names_nobody_and_keeps_its_acts(old: Team, at: datetime) -> None:
    compte = old.salarie.compte
    names = (compte.email, compte.last_name)
    Identite.objects.create(compte=compte, issuer="https://fournisseur.example", subject="s-1", linked_at=at)
    acts = JournalEntry.objects.count()
    outbox.post("comptes.password_link", on=f"compte:{compte.pk}", to=compte, at=at)

    anonymise_compte(compte_id=compte.pk, reason="demande de la personne", by=None, at=at)

    compte.refresh_from_db()
    stored = " ".join(str(value) for row in (compte, *compte.notices.order_by("pk")) for value in vars(row).values())
    assert [name for name in names if name in stored] == []
    assert (compte.is_active, compte.has_usable_password(), compte.phone) == (False, False, "")
    assert not Identite.objects.exists()
    assert JournalEntry.objects.count() == acts + 1
    assert list(journal.verify()) == []
    (line,) = journal.lines(JournalEntry.objects.order_by("-pk")[:1])
    assert line.sentence == f"Personne anonymisée n° {compte.pk} devient anonyme\u00a0: demande de la personne"


def test_closed_account_of_an_agent_is_effaced_and_its_acts_stay(team: Team, at: datetime) -> None:
    agent = team.instructeur
    journal.record(journal.PORTAIL, Act.COMPTE_OPENED, on="compte:1", by=agent, at=at, compte=agent.pk)
    agent.is_active, agent.closed_at = False, at
    agent.save()

    anonymise_compte(compte_id=agent.pk, reason="demande de la personne", by=None, at=at)

    agent.refresh_from_db()
    assert (agent.first_name, agent.roles_ans, agent.closed_at) == ("Personne", [], at)
    assert JournalEntry.objects.filter(by=agent).count() == 1
    assert list(journal.verify()) == []


@pytest.mark.parametrize("who", ["mandataire", "instructeur"])
def test_who_still_acts_is_not_anonymised(team: Team, at: datetime, who: str) -> None:
    compte = team.instructeur if who == "instructeur" else team.mandataire.compte

    with pytest.raises(CompteNotAnonymisable, match="d’abord"):
        anonymise_compte(compte_id=compte.pk, reason="x", by=None, at=at)
    with pytest.raises(CommandError, match="d’abord"):
        call_command("anonymise_compte", compte.email, "--reason", "x")


def test_nobody_is_anonymised_twice_and_an_unknown_address_is_said(old: Team, at: datetime) -> None:
    out = StringIO()
    email = old.salarie.compte.email
    call_command("anonymise_compte", email, "--reason", "demande de la personne", stdout=out)

    assert out.getvalue().strip() == f"Personne anonymisée n° {old.salarie.compte_id}"
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("anonymise_compte", email, "--reason", "x")
    with pytest.raises(CompteNotAnonymisable, match="déjà anonyme"):
        anonymise_compte(compte_id=old.salarie.compte_id, reason="x", by=None, at=at)


def test_export_of_one_person_holds_theirs_and_no_secret(old: Team, at: datetime) -> None:
    compte, other = old.salarie.compte, old.mandataire.compte
    compte.set_password("quatre mots sans rapport")
    compte.save()
    out = StringIO()
    call_command("export_compte", compte.email, stdout=out)
    export = json.loads(out.getvalue())

    assert export["Compte"][0]["email"] == compte.email
    assert {"Rattachement.compte", "Notice.compte", "EvenementDeSecurite.compte"} <= set(export)
    assert compte.password not in out.getvalue()
    assert other.email not in out.getvalue()
