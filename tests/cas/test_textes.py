"""What people type and paste: telephones, addresses, texts, names of products, passwords."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from candidatures.models import Message, Produit
from candidatures.queries.volets import answers_at
from comptes import clock, effects, outbox
from comptes.models import Compte, Editeur, Invitation, Notice
from preuves.rules.depots import understood
from tests.cas.rows import case, cases
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.comptes import CompteFactory, InvitationFactory, RattachementFactory
from tests.referencement.threads import address, typed


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


def volet_of(team: Any) -> str:
    return reverse("candidatures:volet", args=[team.candidature.nru, "administratif"])


def kept_by_the_volet(team: Any, sign_in: Any, champ: str, value: str) -> Any:
    """What the volet kept of a champ, or the sentence that refused it."""
    seen = str(team.volet.version)
    page = sign_in(team.salarie).post(
        volet_of(team), {"seen_version": seen, champ: value}, headers={"HX-Request": "true"}
    )
    refused = page.context["form"].errors.get(champ)
    return refused[0] if refused else answers_at(team.volet, version=team.volet.version).get(champ)


@cases(
    4,
    "",
    {
        "0692 12 34 56": "0692123456",
        "+262 692 12 34 56": "+262692123456",
        "+377 93 15 00 00": "+37793150000",
        "+687 26 12 34": "+687261234",
    },
)
def test_overseas_telephone(team, sign_in, given, got):
    got(kept_by_the_volet(team, sign_in, "responsable_telephone", given))


@cases(
    5,
    "K6",
    {
        "+33 (0)6 12 34 56 78": "+33612345678",
        "+33(0)1.23.45.67.89": "+33123456789",
        "+262 (0)692 12 34 56": "+262692123456",
        "+39 (0)6 1234 5678": "+390612345678",
        "+44 (0)20 7946 0958": "+442079460958",
    },
)
def test_telephone_of_a_signature(team, sign_in, given, got):
    got(kept_by_the_volet(team, sign_in, "responsable_telephone", given))


@case(5, "K6", given="+33 (0)6 12 34 56 78, enregistrement automatique", expected="gardé comme +33612345678.")
def test_telephone_is_shown_as_it_is_kept(team, sign_in, got):
    typed_so = {"seen_version": "0", "responsable_telephone": "+33 (0)6 12 34 56 78"}
    page = sign_in(team.salarie).post(volet_of(team), typed_so, headers={"HX-Request": "true"}).content.decode()

    got("gardé comme +33612345678." if "gardé comme +33612345678." in page else page)


@cases(
    6,
    "K6",
    {
        "0033 6 12 34 56 78": "+33612345678",
        "06/12/34/56/78": "0612345678",
        "06\u201112\u201134\u201156\u201178": "0612345678",
        "01 23 45 67 89 (standard)": "0123456789",
        "01 23 45 67 89 poste 12": "0123456789 poste 12",
    },
)
def test_telephone_of_a_directory(team, sign_in, given, got):
    got(kept_by_the_volet(team, sign_in, "responsable_telephone", given))


WRONG_ADDRESSES = ["moi.@alize.example", "a..b@alize.example", "jean,paul@alize.example", "<jean@alize.example>"]
WRONG_ADDRESSES.append("mailto:jean@alize.example")


@cases(8, "K6", dict.fromkeys(WRONG_ADDRESSES, "refusé, refusé, refusé"))
def test_address_that_reaches_nobody(team, sign_in, given, got):
    kept_by_the_volet(team, sign_in, "responsable_email", given)
    volet = answers_at(team.volet, version=team.volet.version)
    sign_in(team.mandataire).post(f"/editeurs/{team.editeur.pk}/inviter/", {"email": given, "role": "salarie"})
    seen = [volet.get("responsable_email"), Invitation.objects.exists()]
    with pytest.raises(ValueError, match=r"\w"):
        Compte.objects.create_user(given, None, first_name="L", last_name="R")

    doors = (*seen, Compte.objects.filter(first_name="L").exists())
    got(", ".join("accepté" if door else "refusé" for door in doors))


PASTED = {
    "Siro\u200bcco": "Sirocco",
    "Siro\u00adcco": "Sirocco",
    "\u200fSirocco\ufeff": "Sirocco",
    "Sirocco\tPro": "Sirocco Pro",
    "1 rue A\r\nBât. B": "1 rue A Bât. B",
    "Sirocco 👨\u200d👩\u200d👧": "Sirocco 👨\u200d👩\u200d👧",
    "Siro\U000e0063cco\u202e": "Sirocco",
}


@cases(9, "K7", PASTED)
def test_pasted_text_in_a_volet(team, sign_in, given, got):
    got(kept_by_the_volet(team, sign_in, "solution_nom", given))


@cases(9, "K7", PASTED)
def test_pasted_text_as_the_name_of_a_product(team, sign_in, given, got):
    sign_in(team.mandataire).post(reverse("candidatures:produit_new"), {"editeur": team.editeur.pk, "nom": given})

    got(Produit.objects.latest("pk").nom)


@cases(9, "K7", {"Siro\u200bcco\u00ad\r\nPro\t!": "Sirocco\nPro\t!", "👨\u200d👩\u200d👧\u200f": "👨\u200d👩\u200d👧"})
def test_pasted_text_in_a_message(team, sign_in, given, got):
    client = sign_in(team.salarie)
    client.post(address(team), typed(client, team, text=given))

    got(Message.objects.get().text)


@cases(9, "K7", {"4.2\u200b.1": "4.2.1", "4.2\u2011rc1": "4.2-rc1", "\ufeff4.2\t": "4.2"})
def test_pasted_version_of_a_deposit(given, got):
    got(understood(prove.a_number(version_technique=given), hosts=()).version_technique)


@cases(9, "K7", {"Lé\u200ba": "Léa", "Le\u0301a\u00ad": "Léa"})
def test_pasted_name_of_who_joins(db, client, given, got):
    invitation = InvitationFactory(invited_at=make.SUMMER)
    joined = {"first_name": given, "last_name": "Roux", "new_password": "une phrase que je connais"}
    client.post(f"/invitation/{invitation.token}/", joined)

    got(Compte.objects.get(email=invitation.email).first_name)


@case(10, "K7", given="raison sociale « Sociét<U+200B>é », gardée autrefois ainsi", expected="Société, sans faute")
def test_value_that_the_portal_prefills(team, sign_in, got):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE comptes_editeur SET raison_sociale = %s WHERE id = %s", ["Sociét\u200bé", team.editeur.pk]
        )
    client = sign_in(team.salarie)
    form = client.get(volet_of(team)).context["form"]
    asked = {champ.code: champ.prefill for champ in form.spec.by_code.values() if champ.prefill}
    proposed = {
        code: form[code].value() for code in asked if code in form.fields and isinstance(form[code].value(), str)
    }
    page = client.post(volet_of(team), {"seen_version": "0", **proposed}, headers={"HX-Request": "true"})

    (code,) = [code for code, source in asked.items() if source == "raison_sociale"]
    faults = "sans faute" if not page.context["form"].errors else str(dict(page.context["form"].errors))
    got(f"{answers_at(team.volet, version=team.volet.version).get(code)}, {faults}")


SAID = ["’ “ ” – … 👍🏽", "& { } < > <b>gras</b>", "مرحبا 2 000"]


@cases(11, "", dict(zip(SAID, SAID, strict=True)))
def test_message_is_kept(team, sign_in, given, got):
    client = sign_in(team.salarie)
    client.post(address(team), typed(client, team, text=given))

    got(Message.objects.get().text)


@cases(12, "K7", dict.fromkeys(["\u200b", "\u2060\ufeff \u00a0", "\u00ad\r\n\u200f"], "Écrivez un message."))
def test_message_of_nothing(team, sign_in, given, got):
    client = sign_in(team.salarie)
    page = client.post(address(team), typed(client, team, text=given))

    got(page.context["form"].errors["text"][0] if page.context and not Message.objects.exists() else "envoyé")


COMPOSED = "une élève très étonnée"
FORMS = {form: unicodedata.normalize(form, COMPOSED) for form in ("NFC", "NFD", "NFKC")}
PAIRS = {f"choisi {chosen}, tapé {typed_form}": "entre" for chosen in FORMS for typed_form in FORMS}


@cases(13, "K10", PAIRS)
def test_password_from_another_keyboard(db, client, given, got):
    chosen, typed_form = (part.split()[1] for part in given.split(", "))
    compte = CompteFactory(password=FORMS[chosen])

    got(enters(client, compte, FORMS[typed_form]))


@cases(13, "K10", {f"gardé autrefois : {pair}": "entre, gardé composé" for pair in PAIRS})
def test_password_hashed_before_it_was_normalised(db, client, given, got):
    chosen, typed_form = (part.split()[-1] for part in given.split(", "))
    compte = CompteFactory()
    Compte.objects.filter(pk=compte.pk).update(password=make_password(FORMS[chosen]))
    came = enters(client, compte, FORMS[typed_form])

    compte.refresh_from_db()
    got(f"{came}, gardé {'composé' if check_password(COMPOSED, compte.password) else 'comme avant'}")


def enters(client: Client, compte: Compte, password: str) -> str:
    answer = client.post("/connexion/", {"username": compte.email, "password": password})
    return "entre" if answer.status_code == 302 else "n’entre pas"


@case(14, "", given="un lien lu trois fois (GET, HEAD) avant de servir", expected=[200, 200, 200, 302, 410])
def test_link_that_a_scanner_reads_first(db, client, got):
    path = f"/invitation/{InvitationFactory(invited_at=make.SUMMER).token}/"
    joined = {"first_name": "Léa", "last_name": "Roux", "new_password": "une phrase que je connais"}
    seen = [client.get(path), client.head(path), client.get(path), client.post(path, joined), Client().get(path)]

    got([answer.status_code for answer in seen])


@cases(
    15,
    "",
    dict.fromkeys(
        ["LEA@Sirocco.example", "  lea@sirocco.example ", "Lea@SIROCCO.EXAMPLE\u00a0"], "lea@sirocco.example"
    ),
)
def test_one_account_for_an_address(db, client, given, got):
    compte = CompteFactory(email="lea@sirocco.example")

    got(Compte.objects.of_address(given).get().email if enters(client, compte, "faux") else "")


@cases(
    15,
    "",
    {"lea+segur@sirocco.example": "lea+segur@sirocco.example", "lea@société.example": "lea@xn--socit-esab.example"},
)
def test_address_as_it_is_written_to(db, given, got):
    seat = RattachementFactory(compte=Compte.objects.create_user(given, None, first_name="Léa", last_name="Roux"))
    outbox.post("comptes.joined", on=f"rattachement:{seat.pk}", to=seat.compte, at=clock.now())
    effects.deliver_to(Notice.objects.get().email)

    got(mail.outbox[0].message()["To"])


@cases(
    53,
    "K7",
    dict.fromkeys(
        [
            "Sirocco  Résidence",
            "Sirocco\u00a0Résidence",
            "Sirocco Residence",
            "SIROCCO RÉSIDENCE",
            "Siro\u200bcco Résidence",
            "SiroccoRésidence",
            "Sirocco Re\u0301sidence",
        ],
        1,
    ),
)
def test_product_called_alike(team, sign_in, given, got):
    sign_in(team.mandataire).post(reverse("candidatures:produit_new"), {"editeur": team.editeur.pk, "nom": given})

    got(Produit.objects.filter(editeur=team.editeur).count())


@case(9, "K7", given="« Sociét<U+200B>é » saisie par l’agence", expected="Société")
def test_company_that_the_agency_types(team, got):
    Editeur.objects.filter(pk=team.editeur.pk).update(raison_sociale="Sociét\u200bé")

    got(Editeur.objects.get(pk=team.editeur.pk).raison_sociale)
