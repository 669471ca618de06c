"""The review screen and its list, as two instructeurs see them."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.candidatures import open_candidature, withdraw_candidature
from candidatures.operations.dispositifs import load_dispositif
from candidatures.operations.instruction import reopen_volet
from candidatures.operations.volets import save_answers, submit_volet
from candidatures.rules.reservations import CLAIM
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte
from preuves.enums import Avis, ChapitreState
from preuves.models import BrouillonDAvis, Chapitre, DossierDePreuves, VerdictDePreuve
from preuves.operations.chapitres import submit_chapitre, take_back_chapitre
from preuves.operations.instruction import take_over_chapitre
from preuves.operations.rem import publish_rem
from preuves.operations.reouvertures import contest_dispense
from preuves.queries.instruction import submitted_revisions
from preuves.queries.lignes import title_of
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.ground import standing
from tests.preuves.conftest import make_team_to_prove
from tests.preuves.test_instruction import AT, ONE, SECOND, TWO, claim, conclude, draft, returned

SignIn = Callable[[Compte], Client]
ESSAI = "essai-va2"


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """Every request arrives at the instant at which the others act."""
    with clock.travel(AT):
        yield


@pytest.fixture
def chapitre(team: Team) -> Chapitre:
    """MAT, submitted."""
    return make.a_submitted_chapitre(team.candidature, team.salarie)


@pytest.fixture
def colleague(db: None) -> Compte:
    return phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Omar", last_name="Diallo")


def address(team: Team, name: str = "examen", code: str = "MAT") -> str:
    return reverse(f"preuves:{name}", args=[team.candidature.nru, code])


def avis(chapitre: Chapitre, numero: str = ONE, **typed: str) -> dict[str, str]:
    """What the form of the review screen sends."""
    sha256 = submitted_revisions(chapitre)[numero].sha256
    return {"numero": numero, "sha256": sha256, "avis": "accepted", "reason": "", "motif": ""} | typed


def text_of(response) -> str:
    """The text of a page, without its tags, its spaces made plain."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(text.replace("\xa0", " ").replace("&nbsp;", " ").split())


def present(team: Team, *profils: str) -> None:
    """Have the éligibilité opened again, hand it over with these profils, and admit it."""
    volet = phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    reopen_volet(
        volet_id=volet.pk, champs=["profils"], text="Oui.", seen_version=volet.version, by=team.instructeur, at=AT
    )
    volet = phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE)
    answers = {"profils": list(profils)}
    save_answers(volet_id=volet.pk, answers=answers, seen_version=volet.version, by=team.salarie, at=AT)
    submit_volet(volet_id=volet.pk, by=team.salarie, at=AT)
    phase_1.admit(phase_1.the_volet(team.candidature, VoletKind.ELIGIBILITE), team.instructeur, AT)


# -- before it is handed over -----------------------------------------------------------------------------------------


def test_chapitre_that_is_not_submitted_shows_counts_alone(team: Team, sign_in: SignIn) -> None:
    make.a_deposit(team.candidature, team.salarie, ONE, make.a_number("48213"))

    page = sign_in(team.instructeur).get(address(team))

    assert "Preuves déposées : 1 sur 2" in text_of(page)
    assert "48213" not in page.content.decode()
    assert ONE not in page.content.decode()


def test_chapitre_taken_back_shows_counts_alone(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    take_back_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT)

    page = sign_in(team.instructeur).get(address(team))

    assert "Preuves déposées : 2 sur 2" in text_of(page)
    assert "n’appelle pas ce téléservice" not in page.content.decode()


# -- reading ----------------------------------------------------------------------------------------------------------


def test_deposit_of_after_the_return_is_not_shown(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    returned(chapitre, team.instructeur)
    make.a_deposit(team.candidature, team.salarie, TWO, make.a_number("77777"), seen=1)

    page = sign_in(team.instructeur).get(address(team), {"preuve": TWO})

    assert "77777" not in page.content.decode()
    assert "Dépôt n° 1" in text_of(page)
    assert sign_in(team.instructeur).get(address(team), {"preuve": TWO, "depot": "2"}).context["shown"].number == 1


def test_second_round_marks_what_is_new(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    returned(chapitre, team.instructeur)
    make.a_deposit(team.candidature, team.salarie, TWO, make.a_number("77777"), seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT + SECOND)
    claim(chapitre, team.instructeur, AT + SECOND)

    page = sign_in(team.instructeur).get(address(team))

    assert [(line.numero, line.is_asked, line.is_new) for line in page.context["read"].lines] == [
        (ONE, False, False),
        (TWO, True, True),
    ]
    assert page.context["line"].numero == TWO
    assert "Nouveau dépôt depuis votre lecture" in text_of(page)
    assert "Le numéro est celui d’un autre cas." in text_of(page)
    assert [(piece.kind, piece.text) for piece in page.context["comparison"].typed if piece.kind == "added"] == [
        ("added", "77777")
    ]


def test_earlier_deposit_is_read_beside_its_avis(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    returned(chapitre, team.instructeur)
    make.a_deposit(team.candidature, team.salarie, TWO, make.a_number("77777"), seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT + SECOND)
    claim(chapitre, team.instructeur, AT + SECOND)

    page = sign_in(team.instructeur).get(address(team), {"preuve": TWO, "depot": "1"})

    assert "Ancien dépôt" in text_of(page)
    assert page.context["form"] is None


def test_accepted_preuve_is_not_asked_again(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    returned(chapitre, team.instructeur)
    make.a_deposit(team.candidature, team.salarie, TWO, seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT + SECOND)
    claim(chapitre, team.instructeur, AT + SECOND)

    page = sign_in(team.instructeur).get(address(team), {"preuve": ONE})

    assert page.context["form"] is None
    assert "déjà acceptée" in text_of(page)


def test_preuve_that_the_editeur_presents_no_more_is_still_read(team: Team, sign_in: SignIn) -> None:
    """It was handed over: a reading that asks for it without showing it could never end."""
    present(team, "PA", "PH")
    chapitre = make.a_submitted_chapitre(team.candidature, team.salarie, "CDM-PH")
    claim(chapitre, team.instructeur)
    present(team, "PA", "PDS")

    page = sign_in(team.instructeur).get(address(team, code="CDM-PH"))

    assert page.context["form"] is not None
    draft(chapitre, team.instructeur, "PH.01.01.01")
    assert conclude(chapitre, team.instructeur).state == ChapitreState.APPROVED


def test_preuves_are_named_in_words_and_their_code_comes_second(
    team: Team, chapitre: Chapitre, sign_in: SignIn
) -> None:
    page = sign_in(team.instructeur).get(address(team))

    line = page.context["line"]
    assert line.title == title_of(line.attendu.exigence.texte)
    assert f"{line.title} {line.attendu.exigence.fonction} · {line.attendu.nature_label} · {ONE}" in text_of(page)
    assert f"{line.title} {line.attendu.nature_label} {ONE} À vérifier" not in text_of(page)
    assert f"{line.title} {line.attendu.nature_label} {ONE}" in text_of(page)


# -- drafts -----------------------------------------------------------------------------------------------------------


def test_draft_is_kept_by_itself(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)

    answer = sign_in(team.instructeur).post(
        address(team, "avis"), avis(chapitre, avis="to_correct", reason="À dater."), headers={"hx-request": "true"}
    )

    assert "Brouillon enregistré" in text_of(answer)
    kept = BrouillonDAvis.objects.get()
    assert (kept.avis, kept.reason, kept.saved_at) == (Avis.TO_CORRECT, "À dater.", AT)


def test_draft_then_next_goes_to_what_waits(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)
    client = sign_in(team.instructeur)

    first = client.post(address(team, "avis"), avis(chapitre, action="suivant"))
    last = client.post(address(team, "avis"), avis(chapitre, TWO, action="suivant"))

    assert first["Location"] == f"{address(team)}?preuve={TWO}#preuve"
    assert last["Location"] == f"{address(team)}#conclure"


def test_ready_sentence_is_added_without_javascript(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)

    sign_in(team.instructeur).post(
        address(team, "avis"), avis(chapitre, avis="to_correct", reason="Page 2.", motif="other")
    )

    kept = BrouillonDAvis.objects.get().reason
    assert kept.startswith("Page 2.\nLa preuve MAT.01.01.01 ne répond pas à l’exigence MAT.01")
    assert "{" not in kept


def test_draft_is_seen_by_nobody_else(team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)
    draft(chapitre, team.instructeur, ONE, Avis.TO_CORRECT, "Motif secret.")
    pages = [
        sign_in(colleague).get(address(team), {"preuve": ONE}),
        sign_in(team.salarie).get(reverse("preuves:preuve", args=[team.candidature.nru, ONE])),
        sign_in(team.salarie).get(reverse("preuves:chapitre", args=[team.candidature.nru, "MAT"])),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any("Motif secret" in page.content.decode() for page in pages)
    assert pages[0].context["read"].line(ONE).badge == "deposited"


def test_who_was_relieved_is_told_and_given_his_text_back(
    team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn
) -> None:
    claim(chapitre, team.instructeur)
    draft(chapitre, team.instructeur, ONE, Avis.TO_CORRECT, "Écrit avant.")
    take_over_chapitre(chapitre_id=chapitre.pk, reason="Absence", by=colleague, at=AT + SECOND)
    client = sign_in(team.instructeur)

    refused = client.post(address(team, "avis"), avis(chapitre, avis="to_correct", reason="Écrit après."))
    autosave = client.post(address(team, "avis"), avis(chapitre, reason="Écrit après."), headers={"hx-request": "true"})

    assert refused.status_code == 409
    assert "examiné par Omar Diallo depuis le" in text_of(refused)
    assert "Écrit après." in text_of(refused)
    assert "Écrit avant." in text_of(refused)
    assert "examiné par Omar Diallo" in text_of(autosave)
    assert BrouillonDAvis.objects.get().reason == "Écrit avant."


def test_reason_that_is_too_long_is_given_back(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)
    client = sign_in(team.instructeur)
    typed = avis(chapitre, avis="to_correct", reason="très long " * 500)

    whole = client.post(address(team, "avis"), typed)
    autosave = client.post(address(team, "avis"), typed, headers={"hx-request": "true"})

    assert whole.status_code == 409
    assert "dépasse 4000 caractères" in text_of(whole)
    assert "très long très long" in text_of(whole)
    assert "dépasse 4000 caractères" in text_of(autosave)
    assert "<html" not in autosave.content.decode()


def test_links_of_a_refused_avis_lead_to_the_review_screen(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    """The page of a refusal stands at the address of the form, which nobody can open."""
    claim(chapitre, team.instructeur)

    page = sign_in(team.instructeur).post(address(team, "avis"), avis(chapitre, sha256="0" * 64)).content.decode()

    assert 'href="?' not in page
    assert f'href="{address(team)}?preuve={TWO}#preuve"' in page


def test_avis_on_another_deposit_is_refused_and_given_back(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)

    page = sign_in(team.instructeur).post(address(team, "avis"), avis(chapitre, sha256="0" * 64, reason="Mon motif."))

    assert page.status_code == 409
    assert "n’est plus celui que vous avez lu" in text_of(page)
    assert "Mon motif." in text_of(page)
    assert BrouillonDAvis.objects.count() == 0


# -- two people -------------------------------------------------------------------------------------------------------


def test_second_instructeur_sees_who_holds_it_and_until_when(
    team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn
) -> None:
    claim(chapitre, team.instructeur)
    client = sign_in(colleague)

    page = client.get(address(team))

    assert "Inès Garnier jusqu’au 2 novembre 2026 à 14 h" in text_of(page)
    assert page.context["form"] is None
    assert page.context["needs_reason"] is True
    told = client.post(address(team, "examen_claim"), follow=True)
    assert "examiné par Inès Garnier" in text_of(told)


def test_take_over_with_a_reason(
    team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn, effects_run: None
) -> None:
    claim(chapitre, team.instructeur)
    mail.outbox.clear()

    sign_in(colleague).post(address(team, "examen_claim"), {"motif": "Elle est en congé."})

    assert make.the_chapitre(team.candidature).claimed_by == colleague
    assert [message.to for message in mail.outbox] == [[team.instructeur.email]]


def test_claim_that_ended_asks_no_reason(team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)
    client = sign_in(colleague)

    with clock.travel(AT + CLAIM):
        assert client.get(address(team)).context["needs_reason"] is False
        client.post(address(team, "examen_claim"), {"motif": ""})

    assert make.the_chapitre(team.candidature).claimed_by == colleague


# -- conclusion -------------------------------------------------------------------------------------------------------


def test_button_says_what_concluding_does(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)
    client = sign_in(team.instructeur)

    left = client.get(address(team))
    assert "Voir ce qui manque 2" in text_of(left)
    assert f'href="{address(team)}?preuve={TWO}#preuve"' in left.content.decode()
    draft(chapitre, team.instructeur, ONE)
    draft(chapitre, team.instructeur, TWO)
    assert "Valider le chapitre" in text_of(client.get(address(team)))
    draft(chapitre, team.instructeur, TWO, Avis.TO_CORRECT, "À dater.")
    assert "Acceptées 1 À corriger 1" in text_of(client.get(address(team)))
    assert "Retourner à l’éditeur" in text_of(client.get(address(team)))


def test_concluding_leads_to_the_next_chapitre_of_the_list_that_was_read(
    team: Team, chapitre: Chapitre, sign_in: SignIn
) -> None:
    make.a_submitted_chapitre(team.candidature, team.salarie, "INS", AT + SECOND)
    claim(chapitre, team.instructeur)
    for numero in (ONE, TWO):
        draft(chapitre, team.instructeur, numero)
    client = sign_in(team.instructeur)
    assert "et passer au suivant" not in text_of(client.get(address(team)))  # no list was read
    client.get(reverse("preuves:a_examiner"))
    assert "Valider, et passer au suivant" in text_of(client.get(address(team)))
    version = make.the_chapitre(team.candidature).version

    answer = client.post(address(team, "conclure"), {"version": version, "action": "suivant"})

    assert answer["Location"] == address(team, code="INS")


def test_what_is_missing_is_listed_with_links(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)
    version = make.the_chapitre(team.candidature).version

    page = sign_in(team.instructeur).post(address(team, "conclure"), {"version": version})

    assert page.status_code == 422
    assert f'href="{address(team)}?preuve={TWO}#preuve"' in page.content.decode()
    assert VerdictDePreuve.objects.count() == 0


def test_conclusion_of_a_page_that_is_behind_decides_nothing(
    team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn
) -> None:
    claim(chapitre, team.instructeur)
    for numero in (ONE, TWO):
        draft(chapitre, team.instructeur, numero)
    version = make.the_chapitre(team.candidature).version
    take_over_chapitre(chapitre_id=chapitre.pk, reason="Absence", by=colleague, at=AT + SECOND)

    page = sign_in(team.instructeur).post(address(team, "conclure"), {"version": version})

    assert page.status_code == 409
    assert "examiné par Omar Diallo" in text_of(page)
    assert "Votre action n’a pas été enregistrée" in text_of(page)
    assert VerdictDePreuve.objects.count() == 0


# INS/va1.02.01.01 is inherited.
heir = standing(partial(make_team_to_prove, confirm=True))


def test_contest_while_it_is_read_stops_an_approval(
    heir: Team, colleague: Compte, sign_in: SignIn, effects_run: None
) -> None:
    chapitre = make.a_submitted_chapitre(heir.candidature, heir.salarie, "INS")
    claim(chapitre, heir.instructeur)
    draft(chapitre, heir.instructeur, "INS.01.01.01")
    client = sign_in(heir.instructeur)
    page = client.get(address(heir, code="INS"))
    assert "Valider le chapitre" in text_of(page)
    contest_dispense(
        candidature_id=heir.candidature.pk, numero="INS/va1.02.01.01", reason="Réécrit.", by=colleague, at=AT + SECOND
    )

    told = client.post(address(heir, "conclure", "INS"), {"version": page.context["row"].version}, follow=True)

    assert "Omar Diallo a demandé la preuve INS/va1.02.01.01" in text_of(told)
    assert "Retourner à l’éditeur" in text_of(told)
    mail.outbox.clear()
    client.post(address(heir, "conclure", "INS"), {"version": told.context["row"].version})
    assert make.the_chapitre(heir.candidature, "INS").state == ChapitreState.RETURNED
    assert "INS/va1.02.01.01 : à déposer" in mail.outbox[0].body.replace("\xa0", " ")


def test_dispense_is_contested_from_the_page(heir: Team, sign_in: SignIn) -> None:
    client = sign_in(heir.instructeur)
    told = client.post(
        address(heir, "contester", "INS"),
        {"numero": "INS/va1.02.01.01", "motif": "Le module a été réécrit."},
        follow=True,
    )

    assert "est désormais à déposer" in text_of(told)
    assert make.due_in(heir.candidature, "INS") == ("INS.01.01.01", "INS/va1.02.01.01")


def test_approved_chapitre_is_opened_again_from_the_page(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    claim(chapitre, team.instructeur)
    for numero in (ONE, TWO):
        draft(chapitre, team.instructeur, numero)
    version = conclude(chapitre, team.instructeur).version
    responsable = phase_1.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])

    assert "Rouvrir ce chapitre" not in text_of(sign_in(team.instructeur).get(address(team)))
    assert "Rouvrir ce chapitre" in text_of(sign_in(responsable).get(address(team)))
    told = sign_in(responsable).post(
        address(team, "rouvrir"), {"version": version, "motif": "Recours.\x00"}, follow=True
    )

    assert "Le chapitre est rouvert" in text_of(told)
    assert make.the_chapitre(team.candidature).state == ChapitreState.RETURNED


# -- the list ---------------------------------------------------------------------------------------------------------


def listed(client: Client, **filters: str) -> list[tuple[str, str]]:
    return [(line.nru, line.code) for line in client.get(reverse("preuves:a_examiner"), filters).context["lines"]]


def test_list_holds_what_waits_oldest_first(team: Team, sign_in: SignIn) -> None:
    make.a_submitted_chapitre(team.candidature, team.salarie, "INS", AT + SECOND)
    chapitre = make.a_submitted_chapitre(team.candidature, team.salarie, "MAT", AT)
    client, nru = sign_in(team.instructeur), team.candidature.nru

    assert listed(client) == [(nru, "MAT"), (nru, "INS")]
    assert listed(client, chapitre="INS") == [(nru, "INS")]
    assert listed(client, q="introuvable") == []
    assert listed(client, q=team.candidature.produit.nom.upper()) == [(nru, "MAT"), (nru, "INS")]
    assert listed(client, miens="1") == []
    claim(chapitre, team.instructeur)
    assert listed(client, miens="1") == [(nru, "MAT")]
    returned_by = make.the_chapitre(team.candidature)
    draft(returned_by, team.instructeur, ONE)
    draft(returned_by, team.instructeur, TWO)
    conclude(returned_by, team.instructeur)
    assert listed(client) == [(nru, "INS")]


def test_list_is_narrowed_to_a_demarche_when_there_are_several(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    client, here = sign_in(team.instructeur), (team.candidature.nru, "MAT")
    page = client.get(reverse("preuves:a_examiner"))
    assert "Démarche" not in text_of(page)

    there = (a_submitted_chapitre_elsewhere(team).nru, "MAT")

    assert "Démarche" in text_of(client.get(reverse("preuves:a_examiner")))
    assert listed(client) == [here, there]
    assert listed(client, dispositif=make.DUI) == [here]
    assert listed(client, dispositif=ESSAI) == [there]
    assert listed(client, dispositif="inconnue") == [here, there]


def a_submitted_chapitre_elsewhere(team: Team) -> Candidature:
    """The same product in another démarche, with a chapitre that waits."""
    load_dispositif(spec=spec_of(ESSAI), at=phase_1.OPENING)
    version, _ = publish_rem(
        dispositif_code=ESSAI, spec=make.a_rem_spec(), date=phase_1.OPENING.date(), by=None, at=phase_1.OPENING
    )
    candidature = open_candidature(produit_id=team.produit.pk, dispositif_code=ESSAI, by=team.mandataire, at=AT)
    dossier = DossierDePreuves.objects.create(candidature=candidature, version=version, opened_at=AT, pinned_at=AT)
    stamps = {"first_submitted_at": AT, "submitted_at": AT, "submitted_by": team.salarie}
    Chapitre.objects.create(dossier=dossier, code="MAT", state=ChapitreState.SUBMITTED, **stamps)
    return candidature


def test_list_forgets_who_withdrew(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT + timedelta(days=1))

    assert listed(sign_in(team.instructeur)) == []
