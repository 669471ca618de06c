"""People who leave an éditeur no longer read its notifications; those who come back read them again."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from comptes import notices, outbox, queries
from comptes.enums import NoticeState, Role
from comptes.models import Compte, Invitation, Notice, Rattachement
from comptes.operations.invitations import accept_invitation, invite
from comptes.operations.notifications import mark_read
from comptes.operations.rattachements import detach
from tests.comptes.conftest import Team
from tests.factories import candidatures as make
from tests.factories.comptes import RattachementFactory

# Kinds of address without notifications, or that concern no éditeur in particular.
OF_NOBODY = {
    "aide",
    "charte",
    "compte",
    "conclusion",
    "deplacement",
    "document",
    "dossier",
    "echec",
    "editeur",
    "equivalences",
    "fichier",
    "import_d_equivalences",
    "import_du_rem",
    "inscription",
    "lot",
    "modele",
    "motif",
    "photo",
    "piece",
    "preuve",
    "preuve_attendue",
    "produit",
    "rem",
    "seance",
    "seconde_lecture",
    "texte",
    "vue",
}


def notify(reader: Compte, seat: Rattachement, at: datetime) -> Notice:
    """Notify somebody that this person joined their éditeur, as if already sent."""
    outbox.post("comptes.joined", on=f"rattachement:{seat.pk}", to=reader, at=at)
    notice = Notice.objects.order_by("-pk")[0]
    notice.state, notice.sent_at, notice.subject, notice.body = NoticeState.SENT, at, "Une arrivée", "Le texte."
    notice.save()
    return notice


@pytest.fixture
def reader(team: Team) -> Compte:
    return team.representant.compte


def test_who_leaves_no_longer_reads_what_spoke_of_the_editeur(
    team: Team, reader: Compte, at: datetime, client: Client
) -> None:
    elsewhere = RattachementFactory(compte=reader)
    of_the_team = notify(reader, RattachementFactory(editeur=team.editeur), at)
    of_the_other = notify(reader, RattachementFactory(editeur=elsewhere.editeur), at)
    client.force_login(reader)

    detach(rattachement_id=team.representant.pk, by=team.mandataire.compte, at=at)

    assert client.get(reverse("comptes:notification", args=[of_the_team.pk])).status_code == 404
    assert client.post(reverse("comptes:notification", args=[of_the_team.pk])).status_code == 404
    assert client.get(reverse("comptes:notification", args=[of_the_other.pk])).status_code == 200
    page = client.get(reverse("comptes:notifications"))
    shown = Notice.objects.filter(pk__in=page.context["page"].keys)
    assert set(shown.order_by("pk").values_list("address", flat=True)) == {
        of_the_other.address,
        f"rattachement:{team.representant.pk}",  # that their tie is over
    }
    assert page.wsgi_request.user.unread_notices == 1  # type: ignore[union-attr]  # signed in


def test_marking_everything_read_leaves_what_was_withdrawn(team: Team, reader: Compte, at: datetime) -> None:
    withdrawn = notify(reader, RattachementFactory(editeur=team.editeur), at)
    detach(rattachement_id=team.representant.pk, by=team.mandataire.compte, at=at)

    assert mark_read(compte_id=reader.pk, at=at) == 0
    withdrawn.refresh_from_db()
    assert withdrawn.read_at is None


def test_who_comes_back_reads_it_again(team: Team, reader: Compte, at: datetime) -> None:
    notify(reader, RattachementFactory(editeur=team.editeur), at)
    detach(rattachement_id=team.representant.pk, by=team.mandataire.compte, at=at)
    later = at + timedelta(days=1)
    values = {"role": Role.SALARIE, "may_engage": False, "by": team.mandataire.compte, "at": later}
    invite(editeur_id=team.editeur.pk, email=reader.email, **values)  # type: ignore[arg-type]  # mixed values
    token = Invitation.objects.get(email=reader.email).token
    accept_invitation(token=token, compte=reader, at=later)

    assert queries.notifications_of(reader).filter(subject="Une arrivée").count() == 1


def test_every_kind_of_address_says_which_editeur_it_speaks_of() -> None:
    """A new kind of address must either have an owner, or be added to `OF_NOBODY`."""
    floors = [
        Path(settings.BASE_DIR) / floor for floor in ("comptes", "candidatures", "preuves", "guichets", "referencement")
    ]
    files = [
        path for floor in floors for room in ("operations", "models", "queries") for path in floor.glob(f"{room}/*.py")
    ]
    files += [floor / "queries.py" for floor in floors if (floor / "queries.py").exists()]
    address = re.compile(r'(?:return|on=|address = |on\w* = |Post\()[^"\n]*f"([a-z_]+):\{')
    kinds = {kind for path in files for kind in address.findall(path.read_text())}

    assert kinds - notices.kinds_with_owners() - {"avis"} == OF_NOBODY & kinds
    assert notices.kinds_with_owners() <= kinds


def a_filed_candidature(nom: str) -> Candidature:
    editeur = make.an_editeur()
    mandataire = make.a_person(editeur, Role.MANDATAIRE)
    return make.a_candidature(make.a_produit(editeur, mandataire, nom), mandataire)


def test_addresses_of_candidatures_lead_to_their_editeur(db: None, at: datetime) -> None:
    make.a_dispositif()
    sirocco, mistral = a_filed_candidature("Sirocco"), a_filed_candidature("Mistral")
    editeurs = notices.editeurs_of(
        [
            f"volet:{sirocco.nru}/administratif",
            f"candidature:{mistral.nru}",
            f"examen:12/{sirocco.nru}",
            "volet:inconnu/x",
            "x:1",
        ]
    )

    assert editeurs == {
        f"volet:{sirocco.nru}/administratif": sirocco.produit.editeur_id,
        f"candidature:{mistral.nru}": mistral.produit.editeur_id,
        f"examen:12/{sirocco.nru}": sirocco.produit.editeur_id,
    }
