"""« 4 notifications seront envoyées »: what each form says before, and what its act then posts, agree."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.operations.volets import submit_volet
from comptes.enums import Role
from comptes.models import Compte, Notice
from comptes.operations import invitations as invitations_operations
from preuves.enums import Avis
from preuves.operations.instruction import claim_chapitre, save_draft
from preuves.queries.instruction import submitted_revisions
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories import conventions
from tests.factories import preuves as prove
from tests.preuves.conftest import make_team_to_prove
from tests.proofs import prove_strongly
from tests.referencement.test_seances import AT as SITTING
from tests.referencement.test_seances import a_sitting

SignIn = Callable[[Compte | None], Client]
TravelTo = Callable[[datetime], None]
TEAM = 3  # a mandataire, a représentant, and the salarié who has the product; the newcomer is told of nothing


def announced(client: Client, address: str) -> list[tuple[int, str]]:
    """How many messages each form of the page says that it sends, and to whom."""
    answer = client.get(address)
    assert answer.status_code == 200
    page = " ".join(unescape(re.sub(r"<[^>]+>", "", answer.content.decode())).replace("\xa0", " ").split())
    announcements = re.findall(
        r"(\d+) notifications? ser(?:a|ont) envoyées? : (.*?)\. ?|Aucune notification ne sera envoyée", page
    )
    return [(int(count or 0), who) for count, who in announcements]


def sent_by(client: Client, address: str, data: dict[str, Any] | None = None) -> int:
    """How many messages the act posts; it must be done, not refused."""
    before = Notice.objects.count()
    assert client.post(address, data or {}).status_code == 302
    return Notice.objects.count() - before


def of_volet(team: Team, name: str) -> str:
    return reverse(f"candidatures:{name}", args=[team.candidature.nru, VoletKind.ADMINISTRATIF])


def of_chapitre(team: Team, name: str, code: str = "MAT") -> str:
    return reverse(f"preuves:{name}", args=[team.candidature.nru, code])


def counts(announcements: list[tuple[int, str]]) -> list[int]:
    return [count for count, _ in announcements]


# -- phase 1 --------------------------------------------------------------------------------------------------------


def test_submission_of_a_volet(team: Team, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(make.SUMMER)
    make.a_filled_volet(team.candidature, team.salarie)
    client, address = sign_in(team.salarie), of_volet(team, "volet_submit")

    announcements = announced(client, address)

    assert counts(announcements) == [TEAM]
    assert "Marie Dufour" in announcements[0][1]
    assert sent_by(client, address) == TEAM


def test_volet_that_misses_something_promises_nothing(team: Team, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(make.SUMMER)

    assert announced(sign_in(team.salarie), of_volet(team, "volet_submit")) == []


def test_complement_and_admission(team: Team, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(make.SUMMER)
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.confirm_reference(volet, team.instructeur)
    client, version = sign_in(team.instructeur), {"version": volet.version}
    asked = {**version, "champs": ["version_technique"], "text": "Précisez."}

    assert counts(announced(client, of_volet(team, "volet_review"))) == [TEAM]
    assert counts(announced(client, of_volet(team, "demande"))) == [TEAM]
    assert sent_by(client, of_volet(team, "demande"), asked) == TEAM
    submit_volet(volet_id=volet.pk, by=team.salarie, at=make.SUMMER)
    assert sent_by(client, of_volet(team, "volet_review"), {"version": team.volet.version}) == TEAM


def test_withdrawal(team: Team, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(make.SUMMER)
    client, address = sign_in(team.mandataire), reverse("referencement:withdraw", args=[team.candidature.nru])

    assert counts(announced(client, address)) == [TEAM]
    assert sent_by(client, address) == TEAM


def test_long_team_is_counted_whole_and_named_in_part(team: Team, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(make.SUMMER)
    for _ in range(5):
        make.a_person(team.editeur, Role.REPRESENTANT)
    client, address = sign_in(team.mandataire), reverse("referencement:withdraw", args=[team.candidature.nru])

    [(count, who)] = announced(client, address)

    assert count == TEAM + 5
    assert who.endswith("et 3 autres)")
    assert sent_by(client, address) == TEAM + 5


# -- people ---------------------------------------------------------------------------------------------------------


def test_access_invitation_arrival_and_end(team: Team, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(make.SUMMER)
    client = sign_in(team.mandataire)
    seat = team.newcomer.rattachements.get()
    produit, give = (reverse(f"candidatures:{name}", args=[team.produit.pk]) for name in ("produit", "acces_give"))
    invite = reverse("comptes:invite", args=[team.editeur.pk])
    detach = reverse("comptes:detach", args=[seat.pk])

    assert announced(client, produit) == [(1, "cette personne")]
    assert sent_by(client, give, {"rattachement": seat.pk}) == 1
    assert announced(client, invite) == [(1, "la personne invitée")]
    assert sent_by(client, invite, {"email": "lea@sirocco.example", "role": Role.SALARIE}) == 1
    assert announced(client, detach) == [(1, team.newcomer.full_name)]
    assert sent_by(client, detach) == 1


def test_invitation_accepted_tells_who_invited(team: Team, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(make.SUMMER)
    invitation = invitations_operations.invite(
        editeur_id=team.editeur.pk,
        email=team.stranger.email,
        role=Role.SALARIE,
        may_engage=False,
        by=team.mandataire,
        at=make.SUMMER,
    )
    client, address = sign_in(team.stranger), reverse("comptes:invitation", args=[invitation.token])

    assert announced(client, address) == [(1, "Marie Dufour")]
    assert sent_by(client, address) == 1


# -- preuves --------------------------------------------------------------------------------------------------------


def test_submission_of_a_chapitre(db: None, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(prove.AUTUMN)
    team = make_team_to_prove()
    prove.a_complete_chapitre(team.candidature, team.salarie)
    client, address = sign_in(team.salarie), of_chapitre(team, "chapitre_submit")

    assert counts(announced(client, address)) == [TEAM]
    assert sent_by(client, address) == TEAM


def test_conclusion_then_contested_dispense(db: None, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(prove.AUTUMN)
    team = make_team_to_prove(confirm=True)
    chapitre = prove.a_submitted_chapitre(team.candidature, team.salarie, "INS")
    at, by = prove.AUTUMN, team.instructeur
    claim_chapitre(chapitre_id=chapitre.pk, by=by, at=at)
    for numero, revision in submitted_revisions(chapitre).items():
        arguments: dict[str, Any] = {"sha256": revision.sha256, "avis": Avis.ACCEPTED, "reason": ""}
        save_draft(chapitre_id=chapitre.pk, numero=numero, by=by, at=at, **arguments)
    client, screen = sign_in(by), of_chapitre(team, "examen", "INS")
    version = {"version": client.get(screen).context["row"].version}

    assert counts(announced(client, screen)) == [TEAM]
    assert sent_by(client, of_chapitre(team, "conclure", "INS"), version) == TEAM
    contested = {"numero": "INS/va1.02.01.01", "motif": "Le module a été réécrit."}
    assert counts(announced(client, f"{screen}?preuve=INS/va1.02.01.01")) == [TEAM]
    assert sent_by(client, of_chapitre(team, "contester", "INS"), contested) == TEAM


def test_examination_taken_from_a_colleague(db: None, sign_in: SignIn, travel_to: TravelTo) -> None:
    team = make_team_to_prove()
    chapitre = prove.a_submitted_chapitre(team.candidature, team.salarie)
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=prove.AUTUMN)
    travel_to(prove.AUTUMN + timedelta(minutes=1))
    colleague = make.a_person(roles_ans=["instructeur"])
    client = sign_in(colleague)

    assert announced(client, of_chapitre(team, "examen")) == [(1, "Inès Garnier")]
    assert sent_by(client, of_chapitre(team, "examen_claim"), {"motif": "Absence."}) == 1


# -- the convention and the collège -----------------------------------------------------------------------------------


def test_convention_sent_then_cancelled(db: None, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(conventions.AT)
    parties = conventions.some_parties()
    conventions.a_printed_convention(parties)
    client, nru = sign_in(parties.responsable), parties.candidature.nru
    page = reverse("referencement:convention", args=[nru])
    send, cancel = (reverse("referencement:convention_act", args=[nru, geste]) for geste in ("envoyer", "annuler"))

    assert announced(client, page) == [(1, "la personne qui signe"), (0, "")]
    assert sent_by(client, send, {"signatory": parties.signatory.pk}) == 1
    told = announced(client, page)
    assert counts(told) == [1, TEAM + 1]
    assert sent_by(client, cancel, {"motif": "Une date est fausse."}) == TEAM + 1


def test_convention_signed(db: None, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(conventions.AT)
    parties = conventions.some_parties()
    convention = conventions.a_sent_convention(parties)
    client, nru = sign_in(parties.signatory), parties.candidature.nru
    sign = reverse("referencement:convention_act", args=[nru, "signer"])

    assert counts(announced(client, reverse("referencement:convention", args=[nru]))) == [1, TEAM + 1]
    prove_strongly(client)
    code = conventions.a_code(convention, parties.signatory)
    assert sent_by(client, sign, {"code": code}) == TEAM + 1


def test_closing_of_a_seance(db: None, sign_in: SignIn, travel_to: TravelTo) -> None:
    travel_to(SITTING)
    sitting = a_sitting()
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    client = sign_in(sitting.secretaire)
    address = reverse("referencement:seance_close", args=[sitting.seance.pk])

    assert announced(client, address) == [(TEAM + 1, "les équipes de tous ces dossiers")]
    assert sent_by(client, address, {"version": sitting.version}) == TEAM + 1
