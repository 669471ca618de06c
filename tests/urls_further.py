"""Forms that the cast of `urls_cast` is not shown, for want of the moment: a chapitre in hand, a mesure announced…"""

from collections.abc import Iterator
from dataclasses import asdict

from django.test import Client
from django.urls import reverse

from candidatures.models import Candidature
from comptes import clock
from comptes.models import Compte
from comptes.operations.arrivees import refuse_inscription
from comptes.operations.facteurs import enrol_factor
from comptes.rules.companies import Company
from comptes.rules.identity import ProvenPerson
from comptes.views.arrivals import KEY
from preuves.operations.instruction import claim_chapitre
from referencement.enums import MesureKind
from referencement.operations.mesures import propose_mesure
from tests.comptes.test_factor import KEY as FACTOR
from tests.comptes.test_factor import code
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.comptes import PASSWORD, CompteFactory, InscriptionFactory
from tests.urls_cast import Cast, browser

NEW_COMPANY = Company("FR", "732829320")


def further(cast: Cast) -> Iterator[tuple[str, Client, str]]:
    """Go on from what the cast did, and yield each page that somebody may then read: who, their browser, its address.

    What is done stays done.
    """
    yield from _chapitre_in_hand(cast)
    yield from _mesure_announced(cast)
    yield from _arrivals(cast)
    yield from _second_factor()


def _person(cast: Cast, role: str) -> Compte:
    return Compte.objects.get(pk=cast.browsers[role].session["_auth_user_id"])


def _chapitre_in_hand(cast: Cast) -> Iterator[tuple[str, Client, str]]:
    at = cast.ours.special["preuves:examen"]
    chapitre = prove.the_chapitre(Candidature.objects.get(nru=at["nru"]), at["code"])
    claim_chapitre(chapitre_id=chapitre.pk, by=_person(cast, "inst"), at=make.SUMMER)
    for role in ("inst", "resp"):
        yield role, cast.browsers[role], reverse("preuves:examen", kwargs=at)


def _mesure_announced(cast: Cast) -> Iterator[tuple[str, Client, str]]:
    at = {"nru": cast.ours.special["referencement:referencement"]["nru"]}
    candidature = Candidature.objects.get(**at)
    given = {"kind": MesureKind.RETRAIT, "reasons": "Une exigence n’est plus satisfaite.", "at": make.SUMMER}
    propose_mesure(candidature_id=candidature.pk, by=_person(cast, "inst"), **given)
    for role in ("mand", "resp"):
        yield role, cast.browsers[role], reverse("referencement:referencement", kwargs=at)


def _arrivals(cast: Cast) -> Iterator[tuple[str, Client, str]]:
    """Somebody whom the provider identified, as each way in has it; and somebody whose request was refused."""
    known = make.an_editeur()
    for company in (None, NEW_COMPANY, Company(known.country, known.identifier)):
        values = {"subject": "x", "email": "x@x.example", "role": "mandataire", "company": company}
        person = ProvenPerson(issuer="https://provider", **values)
        client = Client()
        session = client.session
        session[KEY] = asdict(person) | {"token": "", "at": clock.machine_now().isoformat()}
        session.save()
        yield "arrives", client, reverse("comptes:arrival")
    asking = make.a_person()
    inscription = InscriptionFactory(compte=asking)
    refuse_inscription(inscription_id=inscription.pk, motif="Précisez.", by=_person(cast, "admi"), at=make.SUMMER)
    yield "refused", browser(asking), reverse("comptes:inscription_own")


def _second_factor() -> Iterator[tuple[str, Client, str]]:
    """Somebody who has given a password, and not the code of their application yet."""
    compte = CompteFactory(password=PASSWORD)
    enrol_factor(compte_id=compte.pk, key=FACTOR, typed=code(-1), machine=clock.machine_now(), at=make.SUMMER)
    client = Client()
    client.post(reverse("comptes:sign_in"), {"username": compte.email, "password": PASSWORD})
    yield "half signed in", client, reverse("comptes:factor")
