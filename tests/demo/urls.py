"""The URLs of demonstration mode, whatever the mode in which the tests started."""

from django.urls import include, path

from segur_portal import urls

urlpatterns = [
    *(pattern for pattern in urls.urlpatterns if str(pattern.pattern) != "demo/"),
    path("demo/", include("segur_portal.demo.urls")),
]
