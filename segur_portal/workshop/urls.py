"""The addresses of the portal, and those of the debug toolbar."""

from debug_toolbar.toolbar import debug_toolbar_urls

from segur_portal.urls import handler500
from segur_portal.urls import urlpatterns as portal

__all__ = ["handler500", "urlpatterns"]
urlpatterns = [*portal, *debug_toolbar_urls()]
