from django.urls import include, path

from bench.limite import limite

urlpatterns = [path("limite/", limite), path("", include("segur_portal.urls"))]
