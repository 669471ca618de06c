from django.conf import settings
from django.urls import include, path

from candidatures.views import aide
from segur_portal import administration, frame, views

handler500 = "segur_portal.views.broken"
urlpatterns = [
    path("", views.home, name="home"),
    path("aide/", aide.centre, name="help"),
    path("accessibilite/", frame.accessibility, name="accessibility"),
    path("glossaire/", frame.glossary, name="glossary"),
    path("contact/", frame.contact, name="contact"),
    path("mentions-legales/", frame.legal_notice, name="legal_notice"),
    path("donnees-personnelles/", frame.privacy, name="privacy"),
    path("plan-du-site/", frame.site_map, name="site_map"),
    path("agence/", administration.administration, name="administration"),
    path("sante/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security, name="security"),
    path("", include("comptes.urls")),
    path("", include("candidatures.urls")),
    path("", include("guichets.urls")),
    path("", include("preuves.urls")),
    path("", include("referencement.urls")),
]
if settings.DEMO:
    urlpatterns += [
        path("demo/", include("segur_portal.demo.urls")),
        path("style/", include("segur_portal.demo.style_urls")),
    ]
