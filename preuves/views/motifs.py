"""The ready reasons of the review screen, that whoever instructs keeps for the whole team."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from comptes.requests import PortalRequest
from comptes.views.refusals import refuse, show_form
from comptes.views.resume import carried_data
from preuves.enums import Nature
from preuves.forms.motifs import MotifPretForm, initial_of
from preuves.operations.motifs import MotifNotKept, change_motif, retire_motif, write_motif
from preuves.queries.motifs import Motif, all_motifs, motif_of
from preuves.queries.waiting import filters_to_read, types_of

from .access import refuse_who_does_not_instruct

TRAIL = "Chapitres à examiner"


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the ready reasons, with where each is proposed and how often it was used."""
    if not request.user.is_ans:
        raise Http404
    labels = {key: f"{kind.label}, {kind.demarche}" for key, kind in types_of(filters_to_read()).items()}
    context = {
        "trail": [(TRAIL, reverse("preuves:a_examiner"))],
        "motifs": [(motif, _chapitre(motif, labels), _nature(motif)) for motif in all_motifs()],
        "keeps": permissions.instructs(request.user),
    }
    return render(request, "preuves/motifs.html", context)


def _chapitre(motif: Motif, labels: dict[tuple[str, str], str]) -> str:
    place = motif.place
    return labels.get((place.dispositif, place.chapitre), place.chapitre) if place.chapitre else "Tous"


def _nature(motif: Motif) -> str:
    return str(Nature(motif.place.nature).label) if motif.place.nature else "Toutes"


def write(request: PortalRequest, key: str = "") -> HttpResponse:
    """Write a ready reason, or another text for one."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    former = motif_of(key) if key else None
    if key and former is None:
        raise Http404
    carried = carried_data(request)
    form = MotifPretForm(
        request.POST or carried,
        types=types_of(filters_to_read()),
        initial=initial_of(former) if former else {},
    )
    if request.method == "POST" and form.is_valid():
        typed = {"text": form.cleaned_data["text"], "place": form.place, "by": request.user, "at": request.at}
        try:
            change_motif(key=key, **typed) if key else write_motif(**typed)
        except MotifNotKept as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, "Le motif prêt est enregistré. Toute l’équipe peut l’employer.")
            return redirect("preuves:motifs")
    context = {
        "trail": [(TRAIL, reverse("preuves:a_examiner")), ("Motifs prêts", reverse("preuves:motifs"))],
        "form": form,
        "former": former,
        "carried": carried,
        "title": "Changer un motif prêt" if former else "Nouveau motif prêt",
    }
    return show_form(request, "preuves/motif.html", context)


@require_POST
def retire(request: PortalRequest, key: str) -> HttpResponse:
    """Stop proposing a ready reason."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    if motif_of(key) is None:
        raise Http404
    try:
        retire_motif(key=key, by=request.user, at=request.at)
    except MotifNotKept as refused:
        return refuse(request, refused.reasons, "preuves:motifs")
    messages.success(request, "Ce motif n’est plus proposé. Les vérifications déjà écrites ne changent pas.")
    return redirect("preuves:motifs")
