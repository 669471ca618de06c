"""The photos of the échéances: the counts of each sort, the list, and one photo whole."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from candidatures.permissions import decides_on_echeances
from candidatures.rules.nru import searched
from candidatures.views.access import find_candidature, trail_to_candidature
from comptes.requests import PortalRequest
from referencement.enums import TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.queries import albums as albums_queries
from referencement.queries.albums import BADGES, passed_without_photo, photo_lines, photos_of
from referencement.queries.shown import name_of_echeance, photos_of_candidature, shown

PER_PAGE = 25


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the échéances that were photographed, with their counts, and the photos of one of them."""
    if not request.user.is_ans:
        raise Http404
    albums, decides = albums_queries.albums(), decides_on_echeances(request.user)
    wanted = request.GET.get("echeance", "")
    album = next((album for album in albums if album.key == wanted), albums[0] if albums else None)
    sort = request.GET.get("tri", "")
    sort = sort if sort in TriDePhoto.values else ""
    text = searched(request.GET.get("q", ""))
    photos = photos_of(album, sort=sort, text=text) if album else PhotoDEcheance.objects.none()
    page = Paginator(photos.order_by("candidature__nru", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    chosen = (("echeance", album.key if album else ""), ("tri", sort), ("q", text))
    context = {
        "trail": [("Instruction", reverse("referencement:instruction"))],
        "albums": albums,
        "passed": passed_without_photo(albums, at=request.at),
        "album": album,
        "page": page,
        "lines": photo_lines(page.object_list),  # type: ignore[arg-type] # a slice of a queryset is one
        "echeances": [(other.key, f"{other.nom} – {other.demarche}", other == album) for other in albums],
        "sorts": [(value, label, value == sort) for value, label in TriDePhoto.choices],
        "text": text,
        "may_foreclose": decides,
        "prepared": albums_queries.prepared(at=request.at) if decides else None,
        "query": urlencode({name: value for name, value in chosen if value}),
    }
    return render(request, "referencement/photos/index.html", context)


@require_safe
def of_candidature(request: PortalRequest, nru: str) -> HttpResponse:
    """The photos of one candidature, the latest first."""
    candidature = find_candidature(request, nru)
    photos = photos_of_candidature(candidature)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "photos": [(photo, BADGES[TriDePhoto(photo.sort)], name) for photo, name in photos],
    }
    return render(request, "referencement/photos/of_candidature.html", context)


@require_safe
def photo(request: PortalRequest, nru: str, photo_id: int) -> HttpResponse:
    """Show one photo whole; the page also prints well."""
    candidature = find_candidature(request, nru)
    photo = get_object_or_404(candidature.photos, pk=photo_id)
    context: dict[str, Any] = {
        "candidature": candidature,
        "photo": photo,
        "trail": [
            *trail_to_candidature(candidature, request),
            ("Constats", reverse("referencement:photos_of", args=[nru])),
        ],
        "badge": BADGES[TriDePhoto(photo.sort)],
        "nom": name_of_echeance(photo),
        "shown": shown(photo),
        "may_foreclose": decides_on_echeances(request.user) and photo.sort != TriDePhoto.IN_TIME,
    }
    return render(request, "referencement/photos/photo.html", context)
