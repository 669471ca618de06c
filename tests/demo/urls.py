"""The portal's addresses as they are in demonstration mode, whatever the mode in which the tests started."""

from django.urls import include, path

from segur_portal import urls

urlpatterns = [
    *(one for one in urls.urlpatterns if str(one.pattern) != "demo/"),
    path("demo/", include("segur_portal.demo.urls")),
]
