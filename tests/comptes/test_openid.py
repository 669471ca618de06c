"""The sign-in by the identity provider, against a real one; then all that must open nothing."""

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.db import connection
from django.test import Client

from comptes.connectors.provider import Patience, Provider, ProviderRefused, ProviderSilent
from comptes.models import Compte, Editeur, Identite, JournalEntry
from comptes.operations.identites import IdentiteNotPossible, link_identity
from comptes.rules.identity import ProvenPerson
from comptes.views import provider as provider_module
from tests.factories.comptes import PASSWORD, CompteFactory, EditeurFactory, IdentiteFactory, RattachementFactory
from tests.provider import CLIENT, RETURN, SECRET, START, LocalProvider, Walker, served

TRUTH_NOW = datetime.now(UTC)  # noqa: TID251 -- the provider of the tests has a clock of its own


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[LocalProvider]:
    with served(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def isc(running, settings) -> LocalProvider:
    """The provider of the portal, honest by default."""
    running.tell_truth()
    settings.OIDC = running.settings()
    return running


@pytest.fixture
def paule(db, isc) -> Compte:
    """The mandataire of the company that her claims name, known here under her subject."""
    editeur = EditeurFactory(identifier="732829320")
    here = {"mandataire": True, "editeur": editeur, "compte__email": "mandataire@alize.example"}
    compte = RattachementFactory(**here).compte
    IdentiteFactory(compte=compte, issuer=isc.issuer, subject="mandataire")
    return compte


def text_of(answer) -> str:
    return answer.content.decode().replace("\xa0", " ").replace("&#x27;", "'")


def assert_nothing_opened(walker: Walker, answer, sentence: str) -> None:
    assert answer.status_code in (403, 503)
    assert sentence in text_of(answer)
    assert "_auth_user_id" not in walker.portal.session


def test_who_is_known_comes_in_and_goes_where_they_were_going(paule):
    walker = Walker()

    answer = walker.come("mandataire", next="/editeurs/")

    assert (answer.status_code, answer["Location"]) == (302, "/editeurs/")
    assert walker.portal.get("/mon-compte/").context["user"] == paule
    assert Compte.objects.count() == 1


def test_next_of_another_site_is_not_followed(paule):
    assert Walker().come("mandataire", next="https://ailleurs.example/")["Location"] == "/accueil/"


def test_what_was_typed_before_the_session_ended_is_found_again(paule):
    walker = Walker()
    kept = walker.portal.post("/mon-compte/", {"first_name": "Autre", "last_name": "Nom", "phone": "01"})
    assert kept.status_code == 401

    answer = walker.come("mandataire", carried=kept.context["carried"])

    assert answer["Location"] == "/mon-compte/"
    assert 'value="Autre"' in text_of(walker.portal.get("/mon-compte/"))


def test_the_way_there_asks_for_pkce_nonce_state_and_the_settings_scopes(paule, settings):
    settings.OIDC = {**settings.OIDC, "scopes": "openid email", "acr": ["eidas2", "eidas3"]}

    asked = parse_qs(urlsplit(Walker().set_off()).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["nonce"][0]) == len(asked["state"][0]) == 32
    assert (asked["scope"], asked["acr_values"]) == (["openid email"], ["eidas2 eidas3"])
    assert asked["redirect_uri"] == ["http://testserver/connexion/retour/"]


def test_the_provider_used_enforces_pkce(db, isc):
    """A wrong verifier is refused by the provider itself, as is a request without challenge, or without nonce."""
    portal = Provider(issuer=isc.issuer, client_id=CLIENT, secret=SECRET)
    walker = Walker()
    page = walker.set_off()
    code = parse_qs(urlsplit(walker.go_through(page, "mandataire")).query)["code"][0]

    with pytest.raises(ProviderRefused):
        portal.exchange(code=code, verifier="x" * 64, redirect_uri=f"http://testserver{RETURN}")

    for missing, status in (("nonce", 400), ("code_challenge", 302)):
        url = httpx.URL(page)
        answer = walker.elsewhere.get(url.copy_remove_param(missing))
        assert answer.status_code == status
        assert status == 400 or "error=invalid_request" in answer.headers["Location"]


def test_a_wrong_verifier_opens_nothing(paule):
    walker = Walker()
    back = walker.go_through(walker.set_off(), "mandataire")
    session = walker.portal.session
    session["oidc_states"] = {
        state: kept | {"code_verifier": "x" * 64} for state, kept in session["oidc_states"].items()
    }
    session.save()

    assert_nothing_opened(walker, walker.portal.get(back), "elle a déjà servi, ou a expiré")


@pytest.mark.parametrize("state", ["", "autre", "x" * 32])
def test_tampered_state_opens_nothing(paule, state):
    walker = Walker()
    back = httpx.URL(walker.go_through(walker.set_off(), "mandataire")).copy_set_param("state", state)

    assert_nothing_opened(walker, walker.portal.get(str(back)), "n’a pas commencé dans ce navigateur")


def test_the_way_back_of_somebody_else_opens_nothing(paule):
    """A victim who follows an attacker's return link is not signed in as the attacker."""
    back = Walker().go_through(Walker().set_off(), "mandataire")
    victim = Walker()
    victim.set_off()

    assert_nothing_opened(victim, victim.portal.get(back), "n’a pas commencé dans ce navigateur")


def test_a_way_back_serves_once(paule):
    walker = Walker()
    back = walker.go_through(walker.set_off(), "mandataire")
    assert walker.portal.get(back).status_code == 302
    walker.portal.post("/deconnexion/")

    assert_nothing_opened(walker, walker.portal.get(back), "a déjà servi")


def test_a_replayed_code_under_a_new_state_opens_nothing(paule):
    walker = Walker()
    back = httpx.URL(walker.go_through(walker.set_off(), "mandataire"))
    walker.portal.get(str(back))
    walker.portal.post("/deconnexion/")
    state = parse_qs(urlsplit(walker.set_off()).query)["state"][0]

    assert_nothing_opened(walker, walker.portal.get(str(back.copy_set_param("state", state))), "elle a déjà servi")


def test_a_state_kept_for_too_long_opens_nothing(paule):
    walker = Walker()
    back = walker.go_through(walker.set_off(), "mandataire")
    session = walker.portal.session
    session["oidc_states"] = {
        state: kept | {"added_on": kept["added_on"] - 901} for state, kept in session["oidc_states"].items()
    }
    session.save()

    assert_nothing_opened(walker, walker.portal.get(back), "a expiré")


def seconds(count: float) -> int:
    return int((datetime.now(UTC) + timedelta(seconds=count)).timestamp())  # noqa: TID251 -- the provider's clock


@pytest.mark.parametrize(
    ("lie", "sentence"),
    [
        (lambda: {"nonce": "celui-d-hier"}, "répond à une autre demande"),
        (lambda: {"nonce": None}, "répond à une autre demande"),
        (lambda: {"exp": seconds(-120)}, "a expiré"),
        (lambda: {"exp": "demain"}, "date de délivrance"),
        (lambda: {"iss": "https://ailleurs.example"}, "autre fournisseur"),
        (lambda: {"aud": "autre-service"}, "autre service"),
        (lambda: {"aud": [CLIENT, "autre-service"]}, "autre service"),
        (lambda: {"aud": CLIENT, "azp": "autre-service"}, "autre service"),
        (lambda: {"iat": seconds(120), "exp": seconds(400)}, "en avance"),
        (lambda: {"nbf": seconds(120)}, "en avance"),
        (lambda: {"sub": ""}, "ne désigne aucune personne"),
        (lambda: {"sub": 12}, "ne désigne aucune personne"),
        (lambda: {"sub": "quelqu-un-d-autre"}, "a déjà un compte"),
        (lambda: {"company_id": "552008443"}, "autre entreprise (SIREN 552 008 443)"),
    ],
)
def test_a_provider_that_lies_opens_nothing(paule, isc, lie, sentence):
    walker = Walker()
    back = walker.go_through(walker.set_off(), "mandataire")
    isc.lie_about(**lie())

    assert_nothing_opened(walker, walker.portal.get(back), sentence)


@pytest.mark.parametrize("skew", [-50, 50])
def test_a_clock_that_is_a_little_off_is_forgiven(paule, isc, skew):
    isc.lie_about(iat=seconds(skew), exp=seconds(skew + 10))

    assert Walker().come("mandataire").status_code == 302


def test_another_body_under_the_same_signature_opens_nothing(paule, isc):
    walker = Walker()
    back = walker.go_through(walker.set_off(), "salarie")
    isc.swap_payload(iss=isc.issuer, sub="mandataire", aud=CLIENT, iat=seconds(0), exp=seconds(300))

    assert_nothing_opened(walker, walker.portal.get(back), "signature de cette identité est incorrecte")


@pytest.mark.parametrize("algorithm", ["ES256", "HS256", "none"])
def test_a_token_signed_otherwise_than_agreed_opens_nothing(paule, settings, algorithm):
    settings.OIDC = {**settings.OIDC, "algorithm": algorithm}
    walker = Walker()

    assert_nothing_opened(walker, walker.come("mandataire"), "signature de cette identité est incorrecte")


def test_a_level_of_assurance_that_is_not_enough_opens_nothing(paule, isc, settings):
    settings.OIDC = {**settings.OIDC, "acr": ["eidas2"]}
    walker = Walker()
    assert_nothing_opened(walker, walker.come("mandataire"), "avec le niveau de sécurité demandé")

    isc.lie_about(acr="eidas2")
    assert Walker().come("mandataire").status_code == 302


def test_a_company_of_another_editeur_opens_nothing_but_of_a_past_one_does(paule, isc):
    other = EditeurFactory(identifier="552008443")
    isc.lie_about(company_id=other.identifier)
    walker = Walker()
    assert_nothing_opened(walker, walker.come("mandataire"), "autre entreprise")

    RattachementFactory(compte=paule, editeur=other, past=True)
    assert Walker().come("mandataire").status_code == 302


def test_people_of_the_ans_come_in_whatever_their_company(db, isc):
    compte = CompteFactory(instructeur=True)
    IdentiteFactory(compte=compte, issuer=isc.issuer, subject="mandataire")

    assert Walker().come("mandataire").status_code == 302


def test_a_closed_account_does_not_open(paule):
    paule.is_active = False
    paule.save()
    walker = Walker()

    assert_nothing_opened(walker, walker.come("mandataire"), "Ce compte est fermé")


def test_the_same_subject_of_another_provider_is_somebody_else(paule, isc):
    Identite.objects.update(issuer="https://autre.example")
    walker = Walker()

    assert_nothing_opened(walker, walker.come("mandataire"), "a déjà un compte")


def test_who_gives_up_at_the_provider_is_told_so(paule):
    walker = Walker()
    state = parse_qs(urlsplit(walker.set_off()).query)["state"][0]

    answer = walker.portal.get(RETURN, {"state": state, "error": "access_denied"})

    assert_nothing_opened(walker, answer, "vous avez annulé")


def test_a_provider_that_is_down_gives_a_sentence(paule, isc, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.OIDC = isc.settings(issuer=f"http://127.0.0.1:{taken.getsockname()[1]}/o")
        walker = Walker()

        assert_nothing_opened(walker, walker.portal.post(START), "ne répond pas")


def test_a_provider_that_goes_down_meanwhile_gives_a_sentence(paule, isc, settings):
    walker = Walker()
    back = walker.go_through(walker.set_off(), "mandataire")
    isc.lie(status=503)

    assert_nothing_opened(walker, walker.portal.get(back), "ne répond pas")


@pytest.fixture
def dripping() -> Iterator[int]:
    """A port that answers one byte now and then, for ever, and counts its clients."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip(connection: socket.socket) -> None:
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.1):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

        server.settimeout(0.2)
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        over.set()


def test_a_provider_that_drips_is_left_in_time_then_left_in_peace(dripping):
    patience = Patience(total=0.5, rest=60)
    asked = Provider(issuer=f"http://127.0.0.1:{dripping}/o", client_id=CLIENT, patience=patience)
    with pytest.raises(ProviderSilent, match="too long|timed out|ReadTimeout"):
        asked.doors()

    with pytest.raises(ProviderSilent, match="a moment ago"):
        asked.doors()


def test_a_slow_provider_holds_few_threads(dripping):
    """The other threads are refused at once; they do not wait behind it."""
    patience = Patience(total=2, turn=0.05)
    asked = Provider(issuer=f"http://127.0.0.1:{dripping}/o", client_id=CLIENT, at_once=2, patience=patience)
    details: list[str] = []

    def ask() -> None:
        try:
            asked.doors()
        except ProviderSilent as error:
            details.append(error.detail)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted("already waits" in detail for detail in details) == [False, False, True, True, True, True]


def test_no_transaction_waits_for_the_provider(paule, monkeypatch):
    """The return from the provider is a GET; other GETs are answered inside a transaction."""
    seen = []
    exchange = provider_module.provider().exchange

    def look(**params):
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            seen.append(cursor.fetchone())
        return exchange(**params)

    monkeypatch.setattr(provider_module.provider(), "exchange", look)
    Walker().come("mandataire")

    assert seen == [("off",)]


def test_a_way_back_from_nowhere_is_not_there_without_provider(db):
    assert Client().get(RETURN).status_code == 404
    assert Client().post(START)["Location"] == "/connexion/"
    assert Client().post(START, {"geste": "autre"}).status_code == 404
    assert "Continuer avec" not in text_of(Client().get("/connexion/"))


def test_the_door_is_shown_first_and_passwords_stay(db, isc):
    page = text_of(Client().get("/connexion/?next=/editeurs/"))

    assert page.index("Continuer avec Industriels Santé Connect") < page.index("Se connecter avec un mot de passe")
    assert page.count('name="next" value="/editeurs/"') == 2


def test_account_is_linked_after_a_proof_of_identity(db, isc):
    compte = CompteFactory(password=PASSWORD)
    walker = Walker()
    walker.portal.post("/connexion/", {"username": compte.email, "password": PASSWORD})

    answer = walker.come("seule", geste="link")

    assert answer["Location"] == "/mon-compte/"
    assert list(compte.identites.values_list("issuer", "subject")) == [(isc.issuer, "seule")]
    assert JournalEntry.objects.filter(act="identite.linked", by=compte).count() == 1
    assert Walker().come("seule").status_code == 302


def test_who_proved_nothing_lately_proves_it_before_linking(db, isc, settings):
    settings.PROOF_IS_FRESH_FOR = 600
    client = Client()
    compte = CompteFactory(password=PASSWORD)
    client.force_login(compte, backend="comptes.requests.PortalBackend")
    forget_the_proof(client)

    asked = client.post(START, {"geste": "link"})
    assert (asked.status_code, asked.context["act"]) == (401, "Relier une identité à votre compte")
    assert compte.identites.count() == 0


def test_what_was_typed_waits_during_a_proof_at_the_provider(paule, isc, settings):
    """Coming back from the provider does not do the act: its form is shown again, to be posted again."""
    settings.PROOF_IS_FRESH_FOR = 600
    walker = Walker()
    walker.come("mandataire")
    forget_the_proof(walker.portal)
    seat = RattachementFactory(editeur=Editeur.objects.get())
    page = f"/rattachements/{seat.pk}/"
    typed = {"role": "representant", "may_engage": "on"}
    asked = walker.portal.post(page, typed, headers={"referer": f"http://testserver{page}"})
    assert asked.status_code == 401
    assert "Confirmer avec Industriels Santé Connect" in text_of(asked)

    answer = walker.come("mandataire", geste="confirm", carried=asked.context["carried"])

    assert answer["Location"] == page
    seat.refresh_from_db()
    assert seat.role == "salarie"
    assert walker.portal.get(page).context["form"]["role"].value() == "representant"
    assert walker.portal.post(page, typed).status_code == 302


def forget_the_proof(client: Client) -> None:
    session = client.session
    session["authenticated_at"] = "2026-01-01T00:00:00+00:00"
    session.save()


def test_an_identity_of_somebody_else_is_not_linked(paule, isc):
    other = CompteFactory(password=PASSWORD)
    walker = Walker()
    walker.portal.post("/connexion/", {"username": other.email, "password": PASSWORD})

    answer = walker.come("mandataire", geste="link")

    assert (answer.status_code, other.identites.count()) == (403, 0)
    assert "reliée à un autre compte" in text_of(answer)


def test_two_identities_of_one_provider_are_not_linked(paule, isc, at):
    with pytest.raises(IdentiteNotPossible, match="déjà relié"):
        link_identity(
            compte_id=paule.pk,
            person=ProvenPerson(issuer=isc.issuer, subject="autre"),
            provider="ISC",
            at=at,
        )


def test_identity_is_proved_again_at_the_provider(paule, isc):
    walker = Walker()
    walker.come("mandataire")
    forget_the_proof(walker.portal)

    page = walker.set_off(geste="confirm", next="/editeurs/")
    assert "prompt=login" in page
    answer = walker.portal.get(walker.go_through(page, "mandataire"))

    assert answer["Location"] == "/editeurs/"
    assert walker.portal.session["authenticated_at"] > "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("sub", "lie", "sentence"),
    [
        ("salarie", {}, "n’est pas celle de votre compte"),
        ("mandataire", {"auth_time": 1790000000}, "n’a pas vérifié de nouveau"),
        ("mandataire", {"auth_time": None}, "n’a pas vérifié de nouveau"),
    ],
)
def test_nobody_proves_for_another_nor_with_what_they_proved_before(paule, isc, sub, lie, sentence):
    walker = Walker()
    walker.come("mandataire")
    stamp = walker.portal.session["authenticated_at"]
    isc.lie_about(**lie)

    answer = walker.come(sub, geste="confirm")

    assert (answer.status_code, walker.portal.session["authenticated_at"]) == (403, stamp)
    assert sentence in text_of(answer)


def test_every_refusal_and_every_entry_is_noted_without_a_secret(paule, isc, caplog):
    caplog.set_level(logging.INFO, "comptes.views.entrance")
    Walker().come("mandataire")
    Walker().come("muette")

    lines = [record.getMessage() for record in caplog.records if record.name == "comptes.views.entrance"]
    assert lines[0] == f"compte {paule.pk} came in by openid"
    assert lines[1].startswith("nobody came in by openid (compte unknown): Industriels Santé Connect n’a pas vérifié")


# -- signing out -----------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_provider_s_session_too(paule, isc):
    walker = Walker()
    walker.come("mandataire")

    there = walker.portal.post("/deconnexion/")["Location"]

    asked = parse_qs(urlsplit(there).query)
    assert there.startswith(f"http://127.0.0.1:{isc.port}/o/logout/?")
    assert asked["post_logout_redirect_uri"] == ["http://testserver/"]
    assert "_auth_user_id" not in walker.portal.session
    assert walker.elsewhere.get(there).headers["Location"].rstrip("?") == "http://testserver/"
    page = walker.elsewhere.get(walker.set_off())
    assert "/connexion/" in page.headers["Location"]  # it asks again who comes


def test_who_came_by_password_signs_out_here_alone(db, isc):
    compte = CompteFactory(password=PASSWORD)
    client = Client()
    client.post("/connexion/", {"username": compte.email, "password": PASSWORD})

    assert client.post("/deconnexion/")["Location"] == "/"


def test_signing_out_works_when_the_provider_does_not_answer(paule, isc, settings):
    walker = Walker()
    walker.come("mandataire")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.OIDC = isc.settings(issuer=f"http://127.0.0.1:{taken.getsockname()[1]}/o")
        answer = walker.portal.post("/deconnexion/", follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "_auth_user_id" not in walker.portal.session
    assert "fermez-la aussi auprès de ce service" in text_of(answer)
