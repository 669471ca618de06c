from django.conf import settings
from django.urls import include, path

from segur_portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("aide/", views.help_page, name="help"),
    path("sante/", views.health, name="health"),
    path("", include("comptes.urls")),
    path("", include("candidatures.urls")),
    path("", include("guichets.urls")),
    path("", include("preuves.urls")),
    path("", include("referencement.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("segur_portal.demo.urls")))
