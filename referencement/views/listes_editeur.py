"""The lists of an éditeur, as they are exported: what their pages show, for the products on which the reader works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from django.http import Http404

from candidatures.enums import CandidatureState
from candidatures.models import Accuse, Candidature, Message, Produit
from comptes import notices
from comptes.models import Compte, Editeur, Rattachement
from comptes.queries.exports import Liste
from comptes.rules.tableurs import Row
from comptes.views import notifications
from preuves.catalogue.classeur import ClasseurColumn as C
from preuves.queries.classeur import rows_of_classeur
from preuves.queries.dossier import dossier_of
from preuves.queries.ensemble import cibles_of

Asked = Mapping[str, str]
CHUNK = 2000
OF_A_DOSSIER = (
    *(C.CANDIDATURE, C.CHAPITRE, C.NUMERO, C.FONCTION, C.EXIGENCE, C.PREUVE, C.NATURE),
    *(C.ETAT, C.DEPOT, C.REPONSE, C.DATE, C.VERSION, C.MOTIF),
)


def _is_of_an_editeur(compte: Compte) -> bool:
    return not compte.is_ans


def _anybody(compte: Compte) -> bool:
    return True


def _candidatures(asked: Asked, reader: Compte) -> list[Candidature]:
    """Return the candidature of the address, or all those of the reader.

    :raises Http404: for a NRU that the reader does not see
    """
    seen = Candidature.objects.worked_on_by(reader).with_names().order_by("pk")
    if "candidature" not in asked:
        return list(seen)
    if not (wanted := list(seen.filter(nru=asked["candidature"]))):
        raise Http404
    return wanted


def _of_candidatures(
    rows: Callable[[Asked, list[Candidature]], Iterator[Row]],
) -> Callable[[Asked, Compte, datetime], Iterable[Row]]:
    """Refuse a NRU that the reader does not see before a file is begun."""

    def of(asked: Asked, reader: Compte, at: datetime) -> Iterable[Row]:
        return rows(asked, _candidatures(asked, reader))

    return of


def _produits(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    states = dict(CandidatureState.choices)
    rows = Produit.objects.worked_on_by(reader).order_by("pk", "candidatures__pk")
    columns = ("nom", "editeur__raison_sociale", "candidatures__nru", "candidatures__dispositif__nom")
    tour = ("candidatures__tour__editeur_count", "candidatures__tour__ans_count", "candidatures__tour__due_at")
    for *names, state, opened, mine, theirs, due in rows.values_list(
        *columns, "candidatures__state", "candidatures__opened_at", *tour
    ).iterator(chunk_size=CHUNK):
        yield [*names, states.get(state, ""), opened, mine, theirs, due]


@_of_candidatures
def _dossier(asked: Asked, candidatures: list[Candidature]) -> Iterator[Row]:
    for candidature in candidatures:
        dossier = dossier_of(candidature)
        if dossier is None:
            continue
        labels = {chapitre.spec.label for chapitre in dossier.chapitres if chapitre.spec.code == asked.get("chapitre")}
        for row in rows_of_classeur(dossier, cibles_of(dossier)):
            if "chapitre" not in asked or row[C.CHAPITRE] in labels:
                yield [row[column] for column in OF_A_DOSSIER]  # type: ignore[misc]  # texts, numbers and dates


@_of_candidatures
def _messages(asked: Asked, candidatures: list[Candidature]) -> Iterator[Row]:
    rows = Message.objects.filter(candidature__in=candidatures).select_related("candidature", "author")
    for message in rows.prefetch_related("lines__piece").order_by("candidature", "pk"):
        files = ", ".join(line.piece.name for line in message.lines.all())
        camp = str(message.get_camp_display())
        yield [message.candidature.nru, message.sent_at, message.author.full_name, camp, message.text, files]


@_of_candidatures
def _accuses(asked: Asked, candidatures: list[Candidature]) -> Iterator[Row]:
    rows = Accuse.objects.filter(candidature__in=candidatures).select_related("candidature", "issued_to")
    for accuse in rows.order_by("candidature", "pk"):
        kind = str(accuse.get_kind_display())
        yield [
            accuse.candidature.nru,
            accuse.numero,
            kind,
            accuse.number,
            accuse.issued_at,
            accuse.issued_to.full_name,
            accuse.sha256,
        ]


def _notifications(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    for notice in notifications.rows_asked(asked, reader, at).iterator(chunk_size=CHUNK):
        text = notice.subject or notices.label_of(notice)
        yield [notice.posted_at, text, "non" if notice.is_unread else "oui", str(notice.get_state_display())]


def _equipe(asked: Asked, reader: Compte, at: datetime) -> Iterator[Row]:
    seats = Rattachement.objects.filter(editeur__in=Editeur.objects.visible_to(reader))
    for seat in seats.select_related("editeur", "compte").order_by("editeur", "pk").iterator(chunk_size=CHUNK):
        person, engages = seat.compte, "oui" if seat.may_engage else "non"
        # Of whoever left, the page of the team shows no address either.
        email = "" if seat.detached_at else person.email
        names = [seat.editeur.raison_sociale, person.last_name, person.first_name]
        yield [*names, email, str(seat.get_role_display()), engages, seat.attached_at, seat.detached_at]


LISTES = (
    Liste(
        "mes-produits",
        "Produits et candidatures",
        (
            *("produit", "editeur", "nru", "demarche", "etat", "ouverte_le"),
            *("a_faire_par_l_editeur", "a_faire_par_l_ans", "date_la_plus_proche"),
        ),
        _is_of_an_editeur,
        _produits,
    ),
    Liste("mes-preuves", "Preuves", tuple(column.value for column in OF_A_DOSSIER), _is_of_an_editeur, _dossier),
    Liste(
        "mes-messages",
        "Messages",
        ("nru", "envoye_le", "auteur", "de", "message", "fichiers"),
        _is_of_an_editeur,
        _messages,
    ),
    Liste(
        "mes-accuses",
        "Accusés de dépôt",
        ("nru", "numero", "nature", "soumission", "delivre_le", "delivre_a", "empreinte_sha256"),
        _is_of_an_editeur,
        _accuses,
    ),
    Liste(
        "mes-notifications",
        "Notifications",
        ("date", "notification", "lue", "envoi"),
        _anybody,
        _notifications,
    ),
    Liste(
        "mon-equipe",
        "Équipe",
        ("editeur", "nom", "prenom", "adresse", "role", "engage_l_editeur", "depuis", "jusqu_au"),
        _is_of_an_editeur,
        _equipe,
    ),
)
