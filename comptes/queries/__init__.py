"""Queries of the ground floor: people, éditeurs, journal, notifications."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.postgres.lookups import Unaccent
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django_otp.plugins.otp_totp.models import TOTPDevice

from comptes.enums import Act, NoticeState, Role, RoleANS
from comptes.models import (
    CodeDeSecours,
    Compte,
    Echec,
    Editeur,
    EvenementDeSecurite,
    Identite,
    Inscription,
    Invitation,
    JournalChain,
    JournalEntry,
    Notice,
    PreferenceDAvis,
    Rattachement,
    RegisteredChain,
)
from comptes.rules.companies import Company
from comptes.rules.facteurs import BY_LINK, ENROLLED, RESET, proves_from
from comptes.rules.identity import ProvenPerson

from .liste_des_editeurs import called, in_order, in_vue
from .liste_des_notifications import READABLE as READABLE
from .liste_des_notifications import notifications_of as notifications_of


def who_is(person: ProvenPerson) -> Compte | None:
    """The account tied to this identity, found by issuer and subject only."""
    identite = Identite.objects.filter(issuer=person.issuer, subject=person.subject).select_related("compte").first()
    return identite.compte if identite else None


def editeur_of(company: Company | None) -> Editeur | None:
    """The éditeur that this company is here; None when it is not registered."""
    if company is None:
        return None
    return Editeur.objects.filter(country=company.country, identifier=company.identifier).first()


def mandataires_of(editeur: Editeur) -> QuerySet[Rattachement]:
    seats = editeur.rattachements.current().filter(role=Role.MANDATAIRE, compte__is_active=True)
    return seats.select_related("compte").order_by("pk")


def administrateurs() -> QuerySet[Compte]:
    return Compte.objects.filter(roles_ans__contains=[RoleANS.ADMINISTRATEUR], is_active=True).order_by("pk")


def inscriptions() -> QuerySet[Inscription]:
    """Every request, those that wait first, then the latest decided."""
    return Inscription.objects.select_related("compte").order_by(
        F("decided_at").desc(nulls_first=True), "asked_at", "pk"
    )


def inscriptions_of(compte: Compte) -> QuerySet[Inscription]:
    return Inscription.objects.filter(compte=compte).order_by("-asked_at", "-pk")


def waits_for_an_answer(compte: Compte) -> bool:
    """Whether this person asked for their company, and has no other place here yet."""
    return compte.inscriptions.exists() and not compte.rattachements.exists()


def names_of_inscriptions(ids: Iterable[Any]) -> Mapping[Any, str]:
    return dict(Inscription.objects.filter(pk__in=ids).values_list("pk", "raison_sociale"))


def companies_of(compte: Compte) -> list[Company]:
    """The companies to which this person is or was tied."""
    return [editeur.company for editeur in Editeur.objects.filter(rattachements__compte=compte).order_by("pk")]


def editeurs_of(compte: Compte, *, text: str = "") -> QuerySet[Editeur]:
    """The éditeurs that this person sees, whose name or number, however it was pasted, holds every word."""
    return in_order(in_vue(compte, "").filter(called(text)), "")


def team_of(editeur: Editeur) -> QuerySet[Rattachement]:
    """Everyone who is or was rattaché, present people first."""
    seats = editeur.rattachements.select_related("compte")
    return seats.order_by(F("detached_at").desc(nulls_first=True), Unaccent(Lower("compte__last_name")), "pk")


def invitations_waiting(editeur: Editeur, *, at: datetime) -> QuerySet[Invitation]:
    return editeur.invitations.waiting(at=at).select_related("invited_by").order_by("expires_at", "pk")


def journal_of(chain: str) -> QuerySet[JournalEntry]:
    """The acts of one chain, latest first."""
    return JournalEntry.objects.filter(chain=chain).order_by("-number")


def entries_of(keys: Collection[int]) -> QuerySet[JournalEntry]:
    """The acts of one page of a journal (pk), latest first."""
    return JournalEntry.objects.filter(pk__in=keys).order_by("-number")


def acts_until(chains: Collection[str], acts: Collection[str], *, at: datetime) -> dict[str, list[JournalEntry]]:
    """The acts of these kinds that had arrived by that instant, grouped by address, in the order of writing."""
    by_address: dict[str, list[JournalEntry]] = {}
    entries = JournalEntry.objects.filter(chain__in=chains, act__in=acts, at__lte=at)
    for entry in entries.order_by("chain", "number"):
        by_address.setdefault(entry.address, []).append(entry)
    return by_address


def heads_of_journal() -> dict[str, tuple[int, str]]:
    """The length and the last sha256 of every chain, by name."""
    rows = JournalChain.objects.order_by("name").values_list("name", "length", "head")
    return {name: (length, head) for name, length, head in rows}


def chains_not_registered() -> list[str]:
    """The chains that the register does not know: begun in a transaction that is not over, or by no act."""
    known = RegisteredChain.objects.values("name")
    unknown = JournalChain.objects.filter(length__gt=0).exclude(name__in=known)
    return list(unknown.order_by("name").values_list("name", flat=True))


def preferences_of(compte: Compte) -> dict[str, PreferenceDAvis]:
    """How this person wants to be told, by kind; what they never chose is absent."""
    return {row.kind: row for row in PreferenceDAvis.objects.filter(compte=compte).order_by("kind")}


def notices_held() -> QuerySet[Notice]:
    """The messages that did not leave: those that failed for good, and those refused for now; latest first."""
    refused = Q(state=NoticeState.PENDING) & ~Q(last_error="")
    return Notice.objects.filter(Q(state=NoticeState.FAILED) | refused).order_by("-posted_at", "-pk")


def failed_works() -> QuerySet[Echec]:
    return Echec.objects.order_by("-last_at", "-pk")


def due_recipients(*, at: datetime, most: int) -> list[str]:
    """The addresses for which something is due, those that have waited longest first."""
    due = Notice.objects.filter(state=NoticeState.PENDING, next_attempt_at__lte=at)
    first = due.values("email").annotate(first=Min("next_attempt_at")).order_by("first", "email")
    return list(first.values_list("email", flat=True)[:most])


def count_unreachable(editeur: OuterRef) -> Coalesce:
    """An annotation: how many people of that éditeur have an address that receives nothing."""
    seats = Rattachement.objects.current().filter(editeur=editeur, compte__unreachable_at__isnull=False)
    counted = seats.order_by().values("editeur").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def names_of_comptes(ids: Iterable[Any]) -> Mapping[Any, str]:
    return {compte.pk: compte.full_name for compte in Compte.objects.filter(pk__in=ids)}


def names_of_editeurs(ids: Iterable[Any]) -> Mapping[Any, str]:
    return dict(Editeur.objects.filter(pk__in=ids).values_list("pk", "raison_sociale"))


def names_of_invitations(ids: Iterable[Any]) -> Mapping[Any, str]:
    return dict(Invitation.objects.filter(pk__in=ids).values_list("pk", "email"))


def security_events(
    *, since: datetime | None, until: datetime | None, person: str, kind: str
) -> QuerySet[EvenementDeSecurite]:
    """The security log, latest first.

    :param since: aware, included; `until`: aware, excluded
    :param person: words of a name or an e-mail address: of the person concerned, or typed at the sign-in
    """
    events = EvenementDeSecurite.objects.select_related("compte", "by").order_by("-at", "-pk")
    if since:
        events = events.filter(at__gte=since)
    if until:
        events = events.filter(at__lt=until)
    if kind:
        events = events.filter(kind=kind)
    for word in person.split():
        names = Q(compte__last_name__unaccent__icontains=word) | Q(compte__first_name__unaccent__icontains=word)
        events = events.filter(names | Q(compte__email__icontains=word) | Q(email__icontains=word))
    return events


def editeurs_managed_by(compte: Compte) -> QuerySet[Editeur]:
    """The éditeurs whose accounts and products this person manages, as mandataire or représentant."""
    seats = Rattachement.objects.current().filter(compte=compte, role__in=[Role.MANDATAIRE, Role.REPRESENTANT])
    return Editeur.objects.filter(pk__in=seats.values("editeur")).order_by("raison_sociale", "pk")


def has_factor(compte: Compte) -> bool:
    """Whether this person's sign-in has a second step."""
    return bool(TOTPDevice.objects.filter(user_id=compte.pk, confirmed=True).exists())


def factor_proves_from(compte: Compte) -> datetime | None:
    """From when this person's factor may prove a signature (may be past); None when it could at once."""
    device = TOTPDevice.objects.filter(user_id=compte.pk, confirmed=True).first()
    if device is None:
        return None
    enrolments = Notice.objects.filter(
        compte=compte, kind="comptes.factor_changed", occurrence__startswith=f"{ENROLLED} "
    )
    return _proves_from(compte, tied_at=enrolments.aggregate(at=Max("posted_at"))["at"] or device.created_at)


def identity_proves_from(compte: Compte, *, issuer: str) -> datetime | None:
    """From when this person's identity at a provider may prove a signature, as for a factor."""
    identite = compte.identites.filter(issuer=issuer).first()
    return _proves_from(compte, tied_at=identite.linked_at) if identite else None


def ties_that_wait(compte: Compte) -> list[datetime | None]:
    """For the factor and for each identity of a person, from when it may prove a signature."""
    identites = [_proves_from(compte, tied_at=identite.linked_at) for identite in compte.identites.order_by("pk")]
    return [factor_proves_from(compte), *identites]


def _proves_from(compte: Compte, *, tied_at: datetime) -> datetime | None:
    """Read `weakened_at` in the notifications: a password chosen by a link, a factor that the agency reset."""
    by_link = Q(kind="comptes.password_changed", occurrence__startswith=f"{BY_LINK} ")
    reset = Q(kind="comptes.factor_changed", occurrence__startswith=f"{RESET} ")
    notices = Notice.objects.filter(by_link | reset, compte=compte, posted_at__lte=tied_at)
    return proves_from(tied_at=tied_at, weakened_at=notices.aggregate(at=Max("posted_at"))["at"])


def engages_since(compte: Compte, editeur_id: int) -> datetime | None:
    """Since when this person has the seat that lets them engage an éditeur; None when they have none."""
    seat = Rattachement.objects.who_can_engage().filter(compte=compte, editeur=editeur_id).first()
    if seat is None:
        return None
    given = JournalEntry.objects.filter(
        address=f"rattachement:{seat.pk}",
        act__in=[Act.RATTACHEMENT_OPENED, Act.RATTACHEMENT_DELEGATED],
    )
    latest = given.aggregate(at=Max("at"))["at"]
    return max(latest, seat.attached_at) if latest else seat.attached_at


def who_vouches_for(compte: Compte) -> list[Compte]:
    """The people who can tell that it was not this person: their mandataires, else the administrateurs."""
    editeurs = Rattachement.objects.current().filter(compte=compte).values("editeur")
    seats = Rattachement.objects.current().filter(editeur__in=editeurs, role=Role.MANDATAIRE, compte__is_active=True)
    others = Compte.objects.filter(pk__in=seats.values("compte")).exclude(pk=compte.pk).order_by("pk")
    return list(others) or [administrateur for administrateur in administrateurs() if administrateur.pk != compte.pk]


def codes_left(compte: Compte) -> int:
    """How many recovery codes of this person still serve."""
    return CodeDeSecours.objects.filter(compte=compte, used_at=None).count()


def of_the_agency() -> QuerySet[Compte]:
    """The accounts that the agency manages: those with a role, and those that it opened for an expert, without one.

    An account with neither role, nor éditeur, nor request for one was opened for a second reading.
    """
    belongs = Exists(Rattachement.objects.filter(compte=OuterRef("pk")))
    asked = Exists(Inscription.objects.filter(compte=OuterRef("pk")))
    return Compte.objects.filter(~Q(roles_ans=[]) | (~belongs & ~asked))


def agents() -> QuerySet[Compte]:
    """Everybody whose account the agency manages: those who have a role, the experts, then those who left."""
    factor = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    comptes = of_the_agency().annotate(ties_a_factor=Exists(factor), has_no_role=Q(roles_ans=[]))
    return comptes.order_by(F("closed_at").desc(nulls_first=True), "has_no_role", Unaccent(Lower("last_name")), "pk")


def colleagues_of(agent: Compte) -> QuerySet[Compte]:
    """The people of the agency to whom this one may hand over what they hold."""
    comptes = Compte.objects.filter(is_active=True).exclude(roles_ans=[]).exclude(pk=agent.pk)
    return comptes.order_by(Unaccent(Lower("last_name")), "pk")
