from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import ChoiceField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from candidatures.enums import CandidatureState
from comptes.requests import PortalRequest
from comptes.views.resume import carried_data
from preuves.catalogue.natures import NATURES
from preuves.enums import Forme, Nature, PreuveState
from preuves.forms.depot import DepotForm, NonApplicableForm
from preuves.models import Revision, VerdictDePreuve
from preuves.operations.depots import DepositConflict, DepositNotPossible, DepositRefused, deposit
from preuves.operations.fichiers import FichierNotReceivable, receive_piece
from preuves.queries.beside import said_beside
from preuves.queries.chapitres import history_of, pieces_reusable
from preuves.queries.dossier import Attendu, Dossier
from preuves.queries.envois import EnvoisOfAPreuve, envois_to_show, said_of_the_quota
from preuves.queries.fichiers import Viewing, lines_for_viewing
from preuves.queries.indices import indices_of
from preuves.queries.lignes import title_of_preuve
from preuves.rules import depots as rules
from preuves.rules.completude import DepositedPreuve
from preuves.rules.depots import Contenu
from preuves.rules.indices import Indice
from preuves.rules.sondes import BADGES, reception_of

from .access import find_chapitre, find_dossier_to_fill, trail_to_chapitre

Form = DepotForm | NonApplicableForm


def page(request: PortalRequest, nru: str, numero: str) -> HttpResponse:
    """One expected preuve: what it asks, every deposit with what the ANS said of it, and the form for the next."""
    dossier = find_dossier_to_fill(request, nru)
    attendu = dossier.attendu(numero)
    if attendu is None:
        raise Http404
    history = history_of(dossier.candidature, numero, read_by=request.user)
    if request.method == "POST":
        return _deposit(request, dossier, attendu, history)
    return _show(request, dossier, attendu, history)


def _deposit(request: PortalRequest, dossier: Dossier, attendu: Attendu, history: list[Revision]) -> HttpResponse:
    candidature, numero = dossier.candidature, attendu.preuve.numero
    form: Form = _form(request.POST, dossier, attendu, history, files=request.FILES)
    if not form.is_valid():
        return _show(request, dossier, attendu, history, form)
    try:
        contenu = _contenu(request, form, dossier, attendu)
        deposit(
            candidature_id=candidature.pk,
            numero=numero,
            contenu=contenu,
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=request.at,
        )
    except FichierNotReceivable as refused:
        form.add_error("fichiers", list(refused.reasons))
    except DepositNotPossible as refused:
        form.add_error(None, refused.sentence)
    except DepositConflict as conflict:
        form.add_error(None, f"{conflict.sentence} Votre saisie est conservée ici : comparez avant de déposer.")
        history = history_of(candidature, numero, read_by=request.user)
    except DepositRefused as refused:
        for name, sentence in refused.faults.items():
            form.add_error(name if name in form.fields else None, sentence)
    else:
        messages.success(request, _said_of_deposit(numero, contenu))
        return redirect(f"{reverse('preuves:chapitre', args=[candidature.nru, attendu.chapitre.code])}#{numero}")
    return _show(request, dossier, attendu, history, form)


def _said_of_deposit(numero: str, contenu: Contenu) -> str:
    if contenu.forme is Forme.FILES:
        return f"La preuve {numero} est reçue\u00a0: ses fichiers sont en cours de vérification."
    return f"La preuve {numero} est déposée."


def _contenu(request: PortalRequest, form: Form, dossier: Dossier, attendu: Attendu) -> Contenu:
    """Keep the files that came with the form, and return the whole deposit.

    :raises FichierNotReceivable: when a file is refused
    """
    if isinstance(form, NonApplicableForm):
        return form.contenu()
    received = [
        receive_piece(
            candidature_id=dossier.candidature.pk,
            upload=upload,
            nature=Nature(attendu.preuve.nature),
            by=request.user,
            at=request.at,
        ).pk
        for upload in form.cleaned_data.get("fichiers", ())
    ]
    return form.contenu(received)


def _form(data: Any, dossier: Dossier, attendu: Attendu, history: list[Revision], *, files: Any = None) -> Form:
    """Return the form that was sent, or an empty one to begin with."""
    initial = {"seen": history[0].number if history else 0}
    if data and data.get("forme") == Forme.NOT_APPLICABLE:
        return NonApplicableForm(data, initial=initial)
    nature = Nature(attendu.preuve.nature)
    return DepotForm(
        data,
        files,
        initial=initial | {"version_technique": dossier.version_technique},
        nature=nature,
        reusable=pieces_reusable(dossier.candidature, NATURES[nature].types),
        quota=said_of_the_quota(dossier.candidature) if NATURES[nature].types else "",
    )


def _show(
    request: PortalRequest, dossier: Dossier, attendu: Attendu, history: list[Revision], form: Form | None = None
) -> HttpResponse:
    candidature = dossier.candidature
    chapitre = find_chapitre(dossier, attendu.chapitre.code)
    state = chapitre.facts.preuves.get(attendu.preuve.numero)
    closed = rules.why_not_depositable(
        rules.DepositFacts(
            candidature_open=candidature.state == CandidatureState.OPEN,
            eligibilite_submitted=dossier.eligibilite_submitted,
            chapitre_open=chapitre.facts.standing in ("open", "returned"),
            exigibilite=attendu.exigibilite,
            state=state.state if state else None,
        )
    )
    carried = carried_data(request)
    other: Form | None = None
    if closed:
        form = None
    else:
        seen = {"seen": history[0].number if history else 0}
        other = form if isinstance(form, NonApplicableForm) else NonApplicableForm(initial=seen, auto_id="na_%s")
        form = form if isinstance(form, DepotForm) else _form(carried, dossier, attendu, history)
    viewing = lines_for_viewing(history[0].lines.all()) if history else []
    envois = envois_to_show(candidature, attendu.preuve.nature, history, declared=_declared(form))
    context = {
        "candidature": candidature,
        "trail": trail_to_chapitre(candidature, chapitre, request),
        "attendu": attendu,
        **_badge(attendu, state, history, viewing),
        "indices": _indices(request, attendu, history, nru=candidature.nru),
        "beside": said_beside(candidature, attendu.preuve, at=request.at),
        "closed": closed,
        "returned": _return_to_answer(state, history),
        "form": form,
        "main_fields": [field for field in form if field.name not in ("seen", "pieces", "envois")] if form else [],
        "wide": ("fichiers", "value", "comment"),
        "reusable": _reusable(form),
        "non_applicable": other,
        "envois": envois,
        "carried": carried,
        "history": [_as_shown(depot, history[0], envois) for depot in history],
        "viewing": viewing,
        "hosts": sorted(settings.GAZELLE_HOSTS) if attendu.preuve.nature == Nature.GAZELLE else [],
        "neighbours": neighbours(dossier, chapitre.facts.due, attendu.preuve.numero),
    }
    refused = any(bound is not None and bound.errors for bound in (form, other))
    template = "preuves/sur_place.html" if request.htmx and request.method == "GET" else "preuves/preuve.html"
    response = render(request, template, context, status=422 if refused else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _badge(
    attendu: Attendu, state: DepositedPreuve | None, history: list[Revision], viewing: list[Viewing]
) -> dict[str, str]:
    """Where the preuve stands; a deposit of files is said to be one once they were opened."""
    if state is None:
        return {"badge": "required", "badge_label": str(attendu.exigibilite.kind.label)}
    if state.state == PreuveState.DEPOSITED and history and history[0].forme == Forme.FILES:
        reception = reception_of(shown.sonde.state if shown.sonde else None for shown in viewing)
        if reception:
            return {"badge": BADGES[reception], "badge_label": str(reception.label)}
    return {"badge": state.state, "badge_label": str(PreuveState(state.state).label)}


def _indices(request: PortalRequest, attendu: Attendu, history: list[Revision], *, nru: str) -> list[Indice]:
    latest = history[0] if history else None
    lines = list(latest.lines.all()) if latest else []
    return indices_of(latest, lines, attendu.preuve, nru=nru, read_by=request.user)


def _return_to_answer(state: DepositedPreuve | None, history: list[Revision]) -> VerdictDePreuve | None:
    """What the ANS asks to correct, while nothing was deposited since."""
    if state is None or state.state != PreuveState.TO_CORRECT:
        return None
    return list(history[0].verdicts.all())[-1]


def _declared(form: Form | None) -> tuple[int, ...]:
    """The envois that the form which is shown again had declared."""
    known = isinstance(form, DepotForm) and form.is_bound and "envois" in form.fields
    return tuple(form.cleaned_data.get("envois", ())) if known and form is not None else ()


def _reusable(form: Form | None) -> Any:
    """The field of the files already here, when there are some."""
    field = form.fields.get("pieces") if form else None
    return form["pieces"] if form and isinstance(field, ChoiceField) and field.choices else None


def _as_shown(revision: Revision, latest: Revision, envois: EnvoisOfAPreuve) -> dict[str, Any]:
    return {
        "revision": revision,
        "is_latest": revision == latest,
        "is_text": revision.forme in (Forme.TEXT, Forme.NOT_APPLICABLE),
        "is_link": revision.forme == Forme.LINK,
        "is_files": revision.forme == Forme.FILES,
        "pieces": [line.piece for line in revision.lines.all()],
        "awaited": envois.by_revision.get(revision.pk, []),
        "verdicts": list(revision.verdicts.all()),
    }


def neighbours(dossier: Dossier, due: tuple[str, ...], numero: str) -> list[dict[str, str]]:
    """Return the preuves before and after this one among those that are due in its chapitre, with their titles."""
    if numero not in due:
        return []
    place = due.index(numero)
    around = (
        ("Précédente", "arrow-left", due[max(place - 1, 0) : place]),
        ("Suivante", "arrow-right", due[place + 1 :]),
    )
    shown = [(side, icon, dossier.attendu(numeros[0])) for side, icon, numeros in around if numeros]
    return [
        {
            "side": side,
            "icon": icon,
            "title": title_of_preuve(other),
            "nature": other.nature_label,
            "numero": other.preuve.numero,
        }
        for side, icon, other in shown
        if other
    ]
