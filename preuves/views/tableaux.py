"""The spreadsheet of a list of a volet: downloaded, filled in, sent back, shown, then saved whole or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from candidatures.catalogue.champs import Champ, ChampKind
from candidatures.enums import VoletKind
from candidatures.forms.fields import MAX_LINES
from candidatures.operations.volets import Conflict, VoletNotOpen
from candidatures.queries.read import ReadVolet, read_volet
from candidatures.queries.summary import in_words
from candidatures.queries.volets import choices_of
from candidatures.rules import submission
from candidatures.views.access import find_volet_to_fill, trail_to_candidature
from comptes.canonical import array_in
from comptes.requests import PortalRequest, posted_number
from comptes.rules import texts
from comptes.rules.tableurs import CONTENT_TYPES, WRITERS
from comptes.views.refusals import refuse
from preuves.catalogue.tableaux import LigneDeTableau, colonnes_of, headers_of, read_tableau, rows_of
from preuves.enums import Effet
from preuves.forms.classeur import TableauForm
from preuves.operations.tableaux import save_list
from preuves.rules.tableaux import Jugee, Juges, Liste, judged

CHANGED = "La liste a changé depuis cet aperçu. Relisez le nouvel aperçu avant d’enregistrer."
NOT_READ = "Ce qui devait être enregistré n’a pas été reçu en entier\u00a0: envoyez de nouveau le tableau."
TONES = {
    Effet.ADDED: "success",
    Effet.CHANGED: "info",
    Effet.REMOVED: "attention",
    Effet.SAME: "neutral",
    Effet.REFUSED: "danger",
}


@dataclass(frozen=True)
class Here:
    """The list that an address names, in its volet."""

    read: ReadVolet
    champ: Champ

    @property
    def liste(self) -> Liste:
        volet, code = self.read.volet, self.champ.code
        answered = self.read.reponses.get(code)
        return Liste(
            champ=self.champ,
            lines=((answered.value if answered else None) or {}).get("lignes") or (),
            nru=volet.candidature.nru,
            version=answered.version if answered else 0,
            choices=choices_of(volet),
            editeur=volet.candidature.produit.editeur.company,
            most=MAX_LINES,
        )

    @property
    def why_closed(self) -> str:
        """Why the list takes no answer now; empty when it does."""
        facts = self.read.facts
        if reason := submission.why_not_fillable(facts):
            return reason
        if submission.is_unlocked(facts, self.champ.code):
            return ""
        return f"L’ANS n’a pas rouvert «\u00a0{self.champ.label}\u00a0»."


def _find(request: PortalRequest, nru: str, kind: VoletKind, code: str) -> Here:
    read = read_volet(find_volet_to_fill(request, nru, kind))
    champ = read.facts.spec.by_code.get(code)
    if champ is None or champ.kind is not ChampKind.LIST:
        raise Http404
    return Here(read, champ)


@require_safe
def download(request: PortalRequest, nru: str, kind: VoletKind, code: str, nature: str) -> HttpResponse:
    """Give the lines of the list, then blank rows to fill in."""
    here = _find(request, nru, kind, code)
    if nature not in WRITERS:
        raise Http404
    liste, content = here.liste, BytesIO()
    rows = rows_of(here.champ, {"lignes": liste.lines}, nru=nru, version=liste.version, choices=liste.choices)
    WRITERS[nature](content, headers_of(here.champ), rows)
    disposition = content_disposition_header(as_attachment=True, filename=f"{code}-{nru}.{nature}") or "attachment"
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content.getvalue(), content_type=CONTENT_TYPES[nature], headers=headers)


def page(request: PortalRequest, nru: str, kind: VoletKind, code: str) -> HttpResponse:
    """Explain the spreadsheet; on POST, read the one that was sent, and show what it would change."""
    here = _find(request, nru, kind, code)
    if request.method != "POST":
        return redirect("candidatures:volet", nru, kind) if here.why_closed else _page(request, here)
    if reason := here.why_closed:
        return _page(request, here, [reason], status=409)
    form = TableauForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, here, form=form, status=422)
    sent = form.cleaned_data["tableau"]
    lignes, problems = read_tableau(cast("BinaryIO", sent.file), sent.name or "", here.champ)
    return _page(request, here, problems) if problems else _preview(request, here, lignes)


@require_POST
def save(request: PortalRequest, nru: str, kind: VoletKind, code: str) -> HttpResponse:
    """Save all that the preview showed, or nothing; when the list has changed since, show what it would do now."""
    here = _find(request, nru, kind, code)
    if reason := here.why_closed:
        return _page(request, here, [reason], status=409)
    try:
        lignes = list(_asked(array_in(request.POST.get("lignes", "").encode()), here.champ))
    except (ValueError, TypeError, OverflowError):
        return refuse(request, [NOT_READ], "preuves:tableau", nru, kind, code)
    if posted_number(request, "version") != here.liste.version:
        return _preview(request, here, lignes, [CHANGED])
    juges = judged(lignes, here.liste)
    if not juges.is_ready:
        return _preview(request, here, lignes)
    try:
        save_list(read=here.read, champ=here.champ, value=juges.value, by=request.user, at=request.at)
    except (VoletNotOpen, Conflict) as refused:
        return _page(request, here, ["Rien n’est enregistré.", *refused.reasons], status=409)
    messages.success(request, f"«\u00a0{here.champ.label}\u00a0»\u00a0: la liste est enregistrée depuis le tableau.")
    return redirect(f"{reverse('candidatures:volet', args=[nru, kind])}#champ-{code}")


def _asked(rows: Iterable[Any], champ: Champ) -> Iterator[LigneDeTableau]:
    """Read again what the preview kept; whatever is not as it should be is an error of Python's own."""
    keys = [colonne.key for colonne in colonnes_of(champ) if colonne.is_read]
    for row, candidature, version, numero, typed in rows:
        values = dict(zip(keys, [texts.paragraph(str(value)) for value in typed], strict=True))
        nru, seen, line = (texts.identifier(str(value)) for value in (candidature, version, numero))
        yield LigneDeTableau(int(row), nru, seen, line, values)


def _preview(
    request: PortalRequest, here: Here, lignes: Sequence[LigneDeTableau], problems: Sequence[str] = ()
) -> HttpResponse:
    juges = judged(lignes, here.liste)
    if juges.problems:
        return _page(request, here, [*problems, *juges.problems])
    kept = [
        [ligne.row, ligne.candidature, ligne.version, ligne.numero, list(ligne.typed.values())]
        for ligne in lignes
        if not ligne.is_blank
    ]
    return _page(request, here, problems, juges=juges, kept=json.dumps(kept) if juges.is_ready else "")


def _page(
    request: PortalRequest,
    here: Here,
    problems: Sequence[str] = (),
    *,
    juges: Juges | None = None,
    kept: str = "",
    form: TableauForm | None = None,
    status: int = 0,
) -> HttpResponse:
    volet = here.read.volet
    counted = Counter(jugee.effet for jugee in juges.jugees) if juges else Counter()
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "champ": here.champ,
        "trail": [
            *trail_to_candidature(volet.candidature, request),
            (here.read.facts.spec.title, reverse("candidatures:volet", args=[volet.candidature.nru, volet.kind])),
        ],
        "count": len(here.liste.lines),
        "formats": [(nature, nature.upper()) for nature in ("xlsx", "ods", "csv")],
        "files": [column.label for column in here.champ.columns if column.kind is ChampKind.PIECE],
        "form": form or TableauForm(),
        "problems": problems,
        "refusal": bool(problems),
        "lignes": [_shown(jugee, here) for jugee in juges.jugees] if juges else None,
        "counts": [(str(effet.label), counted[effet]) for effet in Effet if counted[effet]],
        "refused": counted[Effet.REFUSED],
        "kept": kept,
        "version": here.liste.version,
    }
    usual = 422 if problems or counted[Effet.REFUSED] else 200
    return render(request, "preuves/tableau.html", context, status=status or usual)


def _shown(jugee: Jugee, here: Here) -> dict[str, Any]:
    choices = choices_of(here.read.volet)

    def text_of(line: Any) -> str:
        return " ; ".join(in_words(here.champ, {"lignes": [line]}, choices)) if line else ""

    return {
        "row": jugee.row,
        "effet": jugee.effet,
        "tone": TONES[jugee.effet],
        "text": text_of(jugee.line) or " – ".join(value for value in jugee.typed.values() if value),
        "before": text_of(jugee.before),
        "sentence": jugee.sentence,
    }
