"""Answers of earlier candidatures, proposed champ by champ: what is ticked is taken, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.reutilisation import NothingToReuse, reuse_answers
from candidatures.operations.volets import VoletNotOpen
from candidatures.queries.read import ReadVolet, read_volet
from candidatures.queries.reutilisation import Offre, offres_of
from candidatures.rules import submission as rules
from comptes.requests import PortalRequest
from comptes.rules.figures import whole

from .access import find_volet_to_fill, trail_to_candidature
from .unsaved import unsaved_of

ALL = "tout"


def page(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Propose the earlier answers for the champs that have none; on POST, take those that are ticked."""
    volet = find_volet_to_fill(request, nru, kind)
    read = read_volet(volet)
    if request.method == "POST":
        return _reuse(request, read)
    if rules.why_not_fillable(read.facts):
        return redirect("candidatures:volet", nru, kind)
    return _page(request, read, every=request.GET.get("cocher") == ALL)


def _reuse(request: PortalRequest, read: ReadVolet) -> HttpResponse:
    chosen = request.POST.getlist("reponse")
    try:
        reused = reuse_answers(
            read=read,
            chosen=chosen,
            seen_version=whole(request.POST.get("version", "")) or 0,
            typed=unsaved_of(request, read.volet).keys(),
            by=request.user,
            at=request.at,
        )
    except VoletNotOpen as refused:
        return _page(request, read, refusals=refused.reasons, status=409)
    except NothingToReuse as refused:
        return _page(request, read, refusals=refused.reasons, ticked=chosen, status=422)
    for sentence in reused.left:
        messages.warning(request, sentence)
    if reused.taken:
        many = "s" if len(reused.taken) > 1 else ""
        messages.success(request, f"{len(reused.taken)} réponse{many} réutilisée{many} et enregistrée{many}.")
    name = "candidatures:volet_reuse" if reused.left else "candidatures:volet"
    return redirect(name, read.volet.candidature.nru, read.volet.kind)


def _page(
    request: PortalRequest,
    read: ReadVolet,
    *,
    ticked: Collection[str] = (),
    every: bool = False,
    refusals: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    volet = read.volet
    offres = offres_of(read, request.user, typed=unsaved_of(request, volet).keys())
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": [
            *trail_to_candidature(volet.candidature, request),
            (read.facts.spec.title, reverse("candidatures:volet", args=[volet.candidature.nru, volet.kind])),
        ],
        "offres": offres,
        "sections": list(_by_section(read, offres.taken)),
        "ticked": {offre.key for offre in _latest(offres.taken)} if every else ticked,
        "source": _only_source(offres.taken, volet.candidature),
        "refusals": refusals,
        "refused": bool(refusals),
    }
    return render(request, "candidatures/reutilisation.html", context, status=status)


def _only_source(offres: Collection[Offre], here: Candidature) -> dict[str, str] | None:
    """Return the name and the NRU of the candidature from which every answer comes, if it is one."""
    sources = {offre.candidature.pk: offre.candidature for offre in offres}
    if len(sources) != 1:
        return None
    (source,) = sources.values()
    demarche = "" if source.dispositif_id == here.dispositif_id else f", {source.dispositif.nom}"
    return {"nom": f"{source.produit.nom}{demarche}", "nru": source.nru}


def _latest(offres: Collection[Offre]) -> Iterator[Offre]:
    """Yield the latest answer proposed for each champ."""
    for _, alike in groupby(offres, key=lambda offre: offre.champ.code):
        yield next(alike)


def _by_section(read: ReadVolet, offres: Collection[Offre]) -> Iterator[dict[str, Any]]:
    section_of = read.facts.spec.section_of
    for number, (title, rows) in enumerate(groupby(offres, key=lambda offre: section_of(offre.champ.code)), start=1):
        yield {"anchor": f"section-{number}", "title": title, "rows": list(rows)}
