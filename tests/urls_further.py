"""Forms that the cast of `urls_cast` is not shown, for want of the moment: a chapitre in hand, a mesure announced…"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from candidatures.enums import GesteDeLot
from candidatures.models import Candidature
from candidatures.operations.referents import assign_referent
from candidatures.operations.requetes import ask_derogation
from comptes import clock
from comptes.models import Compte
from comptes.operations.arrivees import refuse_inscription
from comptes.operations.facteurs import enrol_factor
from comptes.rules.companies import Company
from comptes.rules.identity import ProvenPerson
from comptes.rules.texts import LONGEST_MOTIF
from comptes.views.arrivals import KEY
from preuves.operations.instruction import claim_chapitre
from preuves.operations.secondes_lectures import accept_seconde_lecture, ask_seconde_lecture
from referencement.enums import MesureKind, MesureState
from referencement.models import Mesure
from referencement.operations.mesures import answer_mesure, propose_mesure
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


def second_steps(cast: Cast) -> Iterator[tuple[str, Client, str, str]]:
    """Go on again, and yield each page that is only the answer to an act: who, their browser, its address, the page.

    What is done stays done.
    """
    yield from _lots(cast)
    yield from _too_long(cast)
    yield from _handed_over(cast)
    yield from _second_reading(cast)
    yield from _derogation_asked(cast)
    yield from _mesure_heard(cast)
    yield "admi", *_read(cast.browsers["admi"], _preview_of_natures(cast))


def _read(client: Client, page: str) -> tuple[Client, str, str]:
    return client, page, client.get(page).content.decode()


def _lots(cast: Cast) -> Iterator[tuple[str, Client, str, str]]:
    """What each act on several candidatures asks, then what it would do, once it is filled."""
    page, nru = reverse("referencement:lot_new"), cast.ours.keys["nru"]
    filled = {"text": "Bonjour.", "nom": "Recours", "voir": "1"}
    for geste in GesteDeLot:
        for role in ("inst", "resp", "secr"):
            for typed in ({}, filled):
                answer = cast.browsers[role].post(page, {"geste": geste, "c": [nru], **typed})
                if answer.status_code in (200, 422):
                    yield role, cast.browsers[role], page, answer.content.decode()


def _too_long(cast: Cast) -> Iterator[tuple[str, Client, str, str]]:
    """The only text of a form, too long: its page is asked for again."""
    page = reverse("preuves:rem_withdraw", args=[cast.ours.keys["version_id"]])
    answer = cast.browsers["admi"].post(page, {"motif": "mot " * LONGEST_MOTIF})
    yield "admi", cast.browsers["admi"], page, answer.content.decode()


def _handed_over(cast: Cast) -> Iterator[tuple[str, Client, str, str]]:
    candidature, giver = Candidature.objects.get(nru=cast.ours.keys["nru"]), _person(cast, "inst")
    assign_referent(candidature_id=candidature.pk, compte_id=giver.pk, seen=None, by=giver, at=make.SUMMER)
    yield "resp", *_read(cast.browsers["resp"], reverse("referencement:passation", args=[giver.pk]))


def _second_reading(cast: Cast) -> Iterator[tuple[str, Client, str, str]]:
    """What is asked of an expert about the chapitre that `further` put in hand, then what the expert answers."""
    at = cast.ours.special["preuves:examen"]
    yield "inst", *_read(cast.browsers["inst"], reverse("preuves:lecture_ask", kwargs=at))
    lecture = ask_seconde_lecture(
        chapitre_id=prove.the_chapitre(Candidature.objects.get(nru=at["nru"]), at["code"]).pk,
        email="ada@labo.example",
        names=("Ada", "Morel"),
        question="Cette preuve suffit-elle ?",
        before=make.SUMMER.date(),
        by=_person(cast, "inst"),
        at=make.SUMMER,
    )
    expert, page = browser(lecture.expert), reverse("preuves:seconde_lecture", args=[lecture.pk])
    yield "expert", *_read(expert, page)
    accept_seconde_lecture(lecture_id=lecture.pk, declares=True, by=lecture.expert, at=make.SUMMER)
    yield "expert", *_read(expert, page)


def _derogation_asked(cast: Cast) -> Iterator[tuple[str, Client, str, str]]:
    nru = cast.ours.special["candidatures:demande"]["nru"]
    ask_derogation(
        candidature_id=Candidature.objects.get(nru=nru).pk,
        echeance="date-1",
        motive="Une panne du guichet.",
        wished=make.DATE_1 + timedelta(days=7),
        by=_person(cast, "mand"),
        at=make.SUMMER,
    )
    yield "inst", *_read(cast.browsers["inst"], reverse("referencement:derogations", args=[nru]))


def _mesure_heard(cast: Cast) -> Iterator[tuple[str, Client, str, str]]:
    """The mesure that `further` announced, once the éditeur has answered: it may be decided."""
    at = {"nru": cast.ours.special["referencement:referencement"]["nru"]}
    mesure = Mesure.objects.get(referencement__candidature__nru=at["nru"], state=MesureState.PROPOSED)
    answer_mesure(mesure_id=mesure.pk, answer="C’est corrigé.", by=_person(cast, "mand"), at=make.SUMMER)
    yield "resp", *_read(cast.browsers["resp"], reverse("referencement:referencement", kwargs=at))


def _preview_of_natures(cast: Cast) -> str:
    return reverse("preuves:rem_preview", args=[cast.ours.keys["import_id"]]) + "?natures=MAT"
