"""The first arrival of a company that nobody registered, by a real provider: with claims, without, and refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from comptes.models import Compte, Editeur, Identite, Inscription, Invitation, JournalEntry, Rattachement
from comptes.operations.arrivees import ArrivalNotPossible, open_editeur
from comptes.rules.companies import Company
from comptes.rules.identity import ProvenPerson, way_in
from tests.factories.comptes import CompteFactory, EditeurFactory, InvitationFactory, RattachementFactory
from tests.provider import LocalProvider, Walker, served

ADDRESS = {"adresse": "3 rue du Phare", "code_postal": "00450", "commune": "Saint-Orens", "pays": "France"}
NAMES = {"first_name": "Paule", "last_name": "Mandataire"}
COMPANY = {"raison_sociale": "Alizé Informatique", **ADDRESS}
REQUEST = {
    **NAMES,
    **COMPANY,
    "entreprise-pays": "FR",
    "entreprise-numero": "732 829 320",
    "qualite": "Je suis sa directrice générale.",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[LocalProvider]:
    with served(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def isc(db, running, settings) -> LocalProvider:
    running.tell_truth()
    settings.OIDC = running.settings()
    return running


def text_of(answer) -> str:
    return answer.content.decode().replace("\xa0", " ").replace("&#x27;", "'")


def arrive(sub: str) -> Walker:
    walker = Walker()
    answer = walker.come(sub)
    assert answer["Location"] == "/arrivee/", text_of(answer)
    return walker


def nothing_opened() -> bool:
    return not (Editeur.objects.exists() or Compte.objects.exists() or Identite.objects.exists())


def test_a_mandataire_whose_claims_prove_their_company_opens_it(isc):
    walker = arrive("mandataire")
    page = walker.portal.get("/arrivee/")
    assert "mandataire de l’entreprise <strong>SIREN 732 829 320</strong>" in text_of(page)
    assert page.context["form"]["raison_sociale"].value() == "Alizé Informatique"
    assert nothing_opened()

    answer = walker.portal.post("/arrivee/", NAMES | COMPANY)

    editeur, seat = Editeur.objects.get(), Rattachement.objects.get()
    assert answer["Location"] == f"/editeurs/{editeur.pk}/"
    assert (editeur.country, editeur.identifier, editeur.commune) == ("FR", "732829320", "Saint-Orens")
    assert (seat.compte.email, seat.role, seat.may_engage) == ("mandataire@alize.example", "mandataire", True)
    assert not seat.compte.has_usable_password()
    assert [entry.act for entry in JournalEntry.objects.filter(chain=f"editeur:{editeur.pk}")] == [
        "editeur.registered",
        "rattachement.opened",
    ]
    assert walker.portal.get(f"/editeurs/{editeur.pk}/").status_code == 200
    assert Walker().come("mandataire")["Location"] == "/accueil/"


def test_the_page_of_arrival_is_nobody_s_without_a_proof_and_serves_half_an_hour(isc):
    assert Walker().portal.get("/arrivee/")["Location"] == "/connexion/"
    walker = arrive("mandataire")
    session = walker.portal.session
    session["arrival"] = session["arrival"] | {"at": (datetime.now(UTC) - timedelta(minutes=31)).isoformat()}  # noqa: TID251 -- as old
    session.save()

    assert walker.portal.post("/arrivee/", NAMES | COMPANY)["Location"] == "/connexion/"
    assert nothing_opened()


def test_claims_are_read_where_they_were_proven_and_not_in_the_form(isc):
    walker = arrive("mandataire")
    walker.portal.post("/arrivee/", NAMES | COMPANY | {"entreprise-numero": "552008443", "identifier": "552008443"})

    assert Editeur.objects.get().identifier == "732829320"


@pytest.mark.parametrize(
    ("sub", "role", "engages"), [("salarie", "salarie", False), ("representant", "representant", False)]
)
def test_who_belongs_to_a_company_that_is_here_joins_it_and_its_mandataires_know(isc, effects_run, sub, role, engages):
    editeur = EditeurFactory(identifier="732829320")
    mandataire = RattachementFactory(mandataire=True, editeur=editeur).compte
    walker = arrive(sub)

    walker.portal.post("/arrivee/", NAMES)

    seat = Rattachement.objects.get(compte__email=f"{sub}@alize.example")
    assert (seat.editeur, seat.role, seat.may_engage) == (editeur, role, engages)
    assert [(message.to, "a rejoint" in message.subject) for message in mail.outbox] == [([mandataire.email], True)]


@pytest.mark.parametrize(
    ("sub", "lie", "sentence"),
    [
        ("muette", {}, "n’a pas vérifié votre adresse e-mail"),
        ("seule", {"email": None}, "n’a pas vérifié votre adresse e-mail"),
    ],
)
def test_who_has_no_way_in_is_told_why(isc, sub, lie, sentence):
    isc.lie_about(**lie)
    answer = Walker().come(sub)

    assert answer.status_code == 403
    assert sentence in text_of(answer)
    assert nothing_opened()


def test_an_address_that_has_an_account_opens_and_ties_nothing(isc):
    """The same address at the provider does not prove that the account here is theirs."""
    compte = CompteFactory(email="mandataire@alize.example")

    answer = Walker().come("mandataire")

    assert answer.status_code == 403
    assert "Votre adresse e-mail a déjà un compte" in text_of(answer)
    assert (compte.identites.count(), Compte.objects.count(), Editeur.objects.count()) == (0, 1, 0)


def test_an_address_that_gets_an_account_meanwhile_opens_nothing(isc):
    walker = arrive("mandataire")
    CompteFactory(email="mandataire@alize.example")

    page = walker.portal.post("/arrivee/", NAMES | COMPANY)

    assert "Votre adresse e-mail a déjà un compte" in text_of(page)
    assert Editeur.objects.count() == 0


def test_a_mandataire_of_a_belgian_company_opens_it(isc):
    isc.lie_about(company_id="BE 0403.170.701")
    walker = arrive("belge")
    page = walker.portal.get("/arrivee/")
    assert "n° d’entreprise 0403.170.701 (Belgique)" in text_of(page)
    assert page.context["form"]["pays"].value() == "Belgique"

    walker.portal.post("/arrivee/", NAMES | COMPANY | {"code_postal": "B-1000", "pays": "Belgique"})

    editeur = Rattachement.objects.get(compte__email="belge@alize.example").editeur
    assert (editeur.country, editeur.identifier, editeur.pays) == ("BE", "0403170701", "Belgique")
    assert editeur.code_postal == "B-1000"


def test_a_company_that_is_registered_meanwhile_is_joined_and_not_opened_twice(isc):
    walker = arrive("mandataire")
    EditeurFactory(identifier="732829320")

    assert "rejoindre l’équipe" in text_of(walker.portal.get("/arrivee/"))
    walker.portal.post("/arrivee/", NAMES)

    assert Editeur.objects.count() == 1


def test_the_database_alone_refuses_a_company_twice(db, at):
    EditeurFactory(identifier="732829320")
    person = ProvenPerson(
        "https://isc.example", "s", "p@alize.example", role="mandataire", company=Company("FR", "732829320")
    )

    with pytest.raises(ArrivalNotPossible, match="déjà inscrite"):
        open_editeur(person=person, names=("A", "B"), values=COMPANY, provider="ISC", at=at)
    assert Compte.objects.count() == 0


# -- an invitation ---------------------------------------------------------------------------------------------------


def invited(**changes) -> Invitation:
    mandataire = RattachementFactory(mandataire=True, editeur__identifier="732829320")
    given = {"editeur": mandataire.editeur, "invited_by": mandataire.compte, "email": "autre@alize.example"} | changes
    return InvitationFactory(**given, invited_at=datetime.now(UTC))  # noqa: TID251 -- the provider's clock


@pytest.mark.parametrize("sub", ["seule", "salarie", "muette"])
def test_who_is_invited_comes_by_their_identity_and_needs_no_password(isc, sub):
    """The account has the invited address, and the seat is the one offered, whatever the claims say."""
    invitation = invited()
    page = f"/invitation/{invitation.token}/"
    walker = Walker()
    assert "Avec votre identité professionnelle" in text_of(walker.portal.get(page))

    assert walker.come(sub, next=page)["Location"] == page
    assert "identité est confirmée par Industriels Santé Connect" in text_of(walker.portal.get(page))
    walker.portal.post(page, NAMES)

    compte = Compte.objects.get(email="autre@alize.example")
    assert (compte.rattachements.get().role, compte.identites.get().subject) == ("salarie", sub)
    assert not compte.has_usable_password()
    assert walker.portal.get("/mon-compte/").context["user"] == compte
    assert Walker().come(sub)["Location"] == "/accueil/"


def test_an_identity_of_another_company_takes_no_seat(isc):
    invitation = invited(editeur=EditeurFactory(identifier="552008443"))
    page = f"/invitation/{invitation.token}/"
    walker = Walker()
    walker.come("salarie", next=page)

    answer = walker.portal.post(page, NAMES)

    assert (answer.status_code, "autre entreprise (SIREN 732 829 320)" in text_of(answer)) == (410, True)
    assert not Compte.objects.filter(email="autre@alize.example").exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_the_next_page_opens_nothing_by_itself(isc):
    """A path that only begins like an invitation opens no account; the identity waits in the session."""
    walker = Walker()
    walker.come("seule", next="/invitation/inconnue/")

    assert walker.portal.get("/invitation/inconnue/").status_code == 404
    assert nothing_opened()


# -- a request -------------------------------------------------------------------------------------------------------


@pytest.fixture
def request_sent(isc) -> tuple[Walker, Inscription]:
    CompteFactory(administrateur=True, email="anne@agence.example")
    walker = arrive("seule")
    answer = walker.portal.post("/arrivee/", REQUEST)
    assert answer["Location"] == "/mon-compte/inscription/", text_of(answer)
    return walker, Inscription.objects.get()


def test_who_proves_no_company_asks_and_reads_where_it_stands(request_sent):
    walker, inscription = request_sent

    assert (inscription.identifier, inscription.state) == ("732829320", "pending")
    assert "Vous n’avez rien d’autre à faire" in text_of(walker.portal.get("/mon-compte/inscription/"))
    assert Walker().come("seule")["Location"] == "/mon-compte/inscription/"
    assert (Editeur.objects.count(), Rattachement.objects.count()) == (0, 0)


@pytest.mark.parametrize("sub", ["salarie", "representant", "fausse"])
def test_claims_that_are_not_a_mandataire_s_or_not_a_company_s_only_ask(isc, sub):
    assert "Envoyer ma demande" in text_of(arrive(sub).portal.get("/arrivee/"))


def test_nobody_asks_for_another_company_than_their_claims_say(isc):
    page = arrive("salarie").portal.post("/arrivee/", REQUEST | {"entreprise-numero": "552008443"})

    assert "Votre identité professionnelle désigne une autre entreprise (SIREN 732 829 320)" in text_of(page)
    assert nothing_opened()


def test_nobody_asks_for_a_company_that_is_here(isc):
    EditeurFactory(identifier="732829320")
    page = arrive("seule").portal.post("/arrivee/", REQUEST)

    assert "déjà inscrite au portail" in text_of(page)
    assert Compte.objects.count() == 0


@pytest.mark.parametrize(
    "wrong", [{"entreprise-numero": "732829321"}, {"qualite": ""}, {"first_name": "Paule\nBcc: a@b.example"}]
)
def test_a_request_is_refused_at_its_field(isc, wrong):
    page = arrive("seule").portal.post("/arrivee/", REQUEST | wrong)

    assert page.context["form"].errors.keys() == {name.removesuffix("-numero") for name in wrong}
    assert nothing_opened()


def test_an_administrateur_accepts_and_the_company_opens(request_sent, sign_in):
    walker, inscription = request_sent
    browser = sign_in(Compte.objects.get(email="anne@agence.example"))
    assert "Alizé Informatique" in text_of(browser.get("/inscriptions/"))
    assert "directrice générale" in text_of(browser.get(f"/inscriptions/{inscription.pk}/"))

    browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "accepter"})

    seat = Rattachement.objects.get()
    assert (seat.compte, seat.role, seat.editeur.identifier) == (inscription.compte, "mandataire", "732829320")
    assert "vous en êtes mandataire" in text_of(walker.portal.get("/mon-compte/inscription/"))


def test_an_administrateur_refuses_with_a_reason_that_is_read(request_sent, sign_in):
    walker, inscription = request_sent
    browser = sign_in(Compte.objects.get(email="anne@agence.example"))

    page = browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "refuser", "motif": " "})
    assert (page.status_code, "Indiquez le motif" in text_of(page)) == (422, True)
    browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "refuser", "motif": "Nous ne connaissons pas ce SIREN."})

    assert "Nous ne connaissons pas ce SIREN." in text_of(walker.portal.get("/mon-compte/inscription/"))
    assert (Editeur.objects.count(), Rattachement.objects.count()) == (0, 0)


def test_a_refused_request_is_corrected_and_sent_again(request_sent, sign_in):
    walker, inscription = request_sent
    browser = sign_in(Compte.objects.get(email="anne@agence.example"))
    own, typed = (
        "/mon-compte/inscription/",
        {name: value for name, value in REQUEST.items() if not name.endswith("_name")},
    )
    assert "Renvoyer ma demande" not in text_of(walker.portal.get(own))
    assert walker.portal.post(own, typed).status_code == 409  # one waits: nothing more is sent
    browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "refuser", "motif": "Ce SIREN n’est pas le vôtre."})

    page = walker.portal.get(own)
    assert page.context["form"]["entreprise"].value() == {"pays": "FR", "identifiant": inscription.identifier}
    wrong = walker.portal.post(own, typed | {"entreprise-numero": "123"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["entreprise"])
    assert walker.portal.post(own, typed | {"entreprise-numero": "356000000"}).status_code == 302

    again = Inscription.objects.latest("pk")
    assert (again.identifier, again.state, again.compte) == ("356000000", "pending", inscription.compte)
    assert Inscription.objects.get(pk=inscription.pk).state == "refused"
    browser.post(f"/inscriptions/{again.pk}/", {"geste": "accepter"})
    assert Editeur.objects.get().identifier == "356000000"


def test_a_company_registered_meanwhile_is_not_asked_again(request_sent, sign_in):
    walker, inscription = request_sent
    browser = sign_in(Compte.objects.get(email="anne@agence.example"))
    browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "refuser", "motif": "Un motif."})
    EditeurFactory(identifier="732829320")

    page = walker.portal.post("/mon-compte/inscription/", REQUEST)

    assert (page.status_code, "déjà inscrite" in text_of(page)) == (422, True)
    assert Inscription.objects.count() == 1


def test_a_request_is_decided_once(request_sent, sign_in):
    _, inscription = request_sent
    browser = sign_in(Compte.objects.get(email="anne@agence.example"))
    browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "accepter"})

    page = browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "refuser", "motif": "Trop tard."})

    assert (page.status_code, Inscription.objects.get().state) == (422, "accepted")


def test_a_company_registered_meanwhile_is_not_opened_twice(request_sent, sign_in):
    _, inscription = request_sent
    EditeurFactory(identifier="732829320")
    browser = sign_in(Compte.objects.get(email="anne@agence.example"))

    page = browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "accepter"})

    assert (page.status_code, "déjà inscrite" in text_of(page)) == (422, True)
    assert (Inscription.objects.get().state, Rattachement.objects.count()) == ("pending", 0)


def test_only_an_administrateur_reads_requests(request_sent, sign_in):
    walker, inscription = request_sent
    for browser in (walker.portal, sign_in(CompteFactory(instructeur=True))):
        assert browser.get("/inscriptions/").status_code == 403
        assert browser.post(f"/inscriptions/{inscription.pk}/", {"geste": "accepter"}).status_code == 403
    assert sign_in(CompteFactory()).get("/mon-compte/inscription/").status_code == 404


def test_messages_say_what_is_asked_and_what_is_decided(isc, effects_run, sign_in):
    anne = CompteFactory(administrateur=True, email="anne@agence.example")
    arrive("seule").portal.post("/arrivee/", REQUEST)
    inscription = Inscription.objects.get()
    sign_in(anne).post(f"/inscriptions/{inscription.pk}/", {"geste": "refuser", "motif": "Un motif."})

    asked, decided = mail.outbox
    assert (asked.to, asked.subject) == (
        ["anne@agence.example"],
        "Alizé Informatique\u00a0: demande d’inscription à accepter ou à refuser",
    )
    assert f"/inscriptions/{inscription.pk}/" in asked.body
    assert (decided.to, "Un motif." in decided.body) == (["seule@alize.example"], True)


@pytest.mark.parametrize(
    ("company", "role", "is_registered", "way"),
    [
        (None, "", False, "ask"),
        (None, "mandataire", False, "ask"),
        (Company("FR", "732829320"), "mandataire", False, "open"),
        (Company("FR", "732829320"), "representant", False, "ask"),
        (Company("FR", "732829320"), "", False, "ask"),
        (Company("FR", "732829320"), "mandataire", True, "join"),
        (Company("FR", "732829320"), "salarie", True, "join"),
        (Company("FR", "732829320"), "", True, "none"),
        (Company("BE", "0403170701"), "mandataire", False, "open"),
        (Company("BE", "0403170701"), "", False, "ask"),
        (Company("BE", "0403170701"), "mandataire", True, "join"),
    ],
)
def test_each_claim_has_its_way_in(company, role, is_registered, way):
    person = ProvenPerson("https://isc.example", "s", "p@alize.example", role=role, company=company)

    assert way_in(person, is_registered=is_registered) == way
