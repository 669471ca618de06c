"""The URLs of demonstration mode, whatever the mode in which the tests started."""

from django.urls import include, path

from segur_portal import urls

OF_THE_DEMONSTRATION = {"demo/": "segur_portal.demo.urls", "style/": "segur_portal.demo.style_urls"}

urlpatterns = [
    *(pattern for pattern in urls.urlpatterns if str(pattern.pattern) not in OF_THE_DEMONSTRATION),
    *(path(prefix, include(module)) for prefix, module in OF_THE_DEMONSTRATION.items()),
]
