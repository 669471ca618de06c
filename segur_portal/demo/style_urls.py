"""The URLs of the page of styles, included at `/style/` when `DEMO` is on."""

from django.urls import path

from segur_portal.demo import style

urlpatterns = [
    path("", style.page, name="style"),
    path("echantillons.css", style.samples, name="style_samples"),
]
