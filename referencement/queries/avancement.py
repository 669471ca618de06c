"""Where candidatures stand, as the lists and pages of the floors below show it: whose turn it is, and each Date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, QuerySet

from candidatures.catalogue.dispositifs import open_codes
from candidatures.enums import Camp, EtatDeDate
from candidatures.models import Candidature
from candidatures.queries.avancement import Avancement
from candidatures.queries.candidatures import deadlines_of_many
from candidatures.rules.dates import RUNNING, DateDite
from candidatures.rules.deadlines import Deadline, answering_until
from candidatures.rules.issue import Issue
from comptes.models.prepared import IDS, Prepared
from referencement.rules.dates import dates_of
from referencement.rules.phrases import sentence_of
from referencement.rules.tour import TurnPart, order_for, tour

from .fins import COLUMNS
from .projections import current_rows, parts_of
from .standings import issue_from, with_issue
from .tours import tour_facts_of

# Said instead of where a candidature stands, while nothing can be derived from the file of its dispositif.
SHUT = (("Cette démarche n’est pas ouverte pour le moment", False),)
# The states of a Date that mean nothing any more once the candidature ended.
UNDONE = (*RUNNING, EtatDeDate.IN_HAND)


def kept_date(date: DateDite) -> dict[str, str | None]:
    """Return what is kept of a Date. The échéance itself is not kept: it is read again each time."""
    return {
        "etat": date.etat.value,
        "at": date.at.isoformat() if date.at else None,
        "until": date.deadline.at.isoformat(),
    }


def avancements(candidature_ids: Collection[int], reader: Camp, at: datetime) -> Mapping[int, Avancement]:
    """Say where these candidatures stand, in four queries; what is not kept, or is out of date, is derived now."""
    rows = {row.pk: row for row in current_rows(candidature_ids, at=at) if row.dates}
    every = _ISSUES.ask(candidatures=list(candidature_ids), at=at)
    issues = {candidature.pk: issue_from(candidature) for candidature in every}
    codes = open_codes()
    candidatures = [candidature for candidature in every if candidature.dispositif_id in codes]
    rows = {candidature.pk: rows[candidature.pk] for candidature in candidatures if candidature.pk in rows}
    deadlines = deadlines_of_many([candidature for candidature in candidatures if candidature.pk in rows])
    # A row that was kept before its dispositif had all these échéances is derived again.
    kept = {pk: row for pk, row in rows.items() if row.dates.keys() == deadlines[pk].keys()}
    by_candidature = {
        candidature.pk: Avancement(SHUT, {}, issue=issues[candidature.pk])
        for candidature in every
        if candidature.dispositif_id not in codes
    }
    by_candidature |= {pk: _from_row(row, deadlines[pk], issues[pk], reader, at) for pk, row in kept.items()}
    missing = set(candidature_ids) - by_candidature.keys()
    for pk, facts in (tour_facts_of(missing, at=at) if missing else {}).items():
        turn = tour(facts, at=at)
        sentences = sentences_of(turn.parts(), reader, at)
        by_candidature[pk] = Avancement(sentences, dates_of(facts.dossier, at=at), turn.is_over, issues[pk])
    return by_candidature


def _issues(candidatures: Any, at: Any) -> QuerySet[Candidature, Any]:
    asked = Candidature.objects.filter(pk__among=candidatures).order_by("pk")
    return with_issue(asked, at=at).values_list("pk", "dispositif_id", "succeeds_id", *COLUMNS, "standing", named=True)


_ISSUES = Prepared(_issues, candidatures=IDS, at=DateTimeField())


def _from_row(
    row: Any, deadlines: Mapping[str, Deadline], issue: Issue | None, reader: Camp, at: datetime
) -> Avancement:
    dates = {
        code: _date(code, row.dates[code], deadline, ended=issue is not None)
        for code, deadline in deadlines.items()
        if code in row.dates
    }
    return Avancement(sentences_of(parts_of(row), reader, at), dates, row.is_over, issue)


def _date(code: str, kept: Mapping[str, Any], deadline: Deadline, *, ended: bool) -> DateDite:
    etat, until = EtatDeDate(kept["etat"]), datetime.fromisoformat(kept["until"])
    if ended and etat in UNDONE:
        etat = EtatDeDate.WITHOUT_OBJECT
    binding = answering_until(until) if until > deadline.at and not deadline.extended else deadline
    at = datetime.fromisoformat(kept["at"]) if kept["at"] else None
    return DateDite(code, binding, etat, at, is_ended=ended)


def sentences_of(parts: Iterable[TurnPart], reader: Camp, at: datetime) -> tuple[tuple[str, bool], ...]:
    """Say to a side who is waited for and for what, what is theirs first; each with whether it is theirs."""
    by_cote = {part.cote: part for part in parts}
    ordered = [by_cote[cote] for cote in order_for(reader) if cote in by_cote]
    return tuple((sentence_of(part, at=at, reader=reader), part.cote.value == reader.value) for part in ordered)
