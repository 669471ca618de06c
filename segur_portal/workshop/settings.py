"""The settings of `script/dev`: the portal's own, and Django's debug toolbar beside each page."""

from segur_portal.settings import *  # noqa: F403 -- all of them, as Django reads them
from segur_portal.settings import INSTALLED_APPS, MIDDLEWARE

ROOT_URLCONF = "segur_portal.workshop.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]
# First of those that see a page in clear, and before all that may refuse it.
_PLACE = MIDDLEWARE.index("csp.middleware.CSPMiddleware")
MIDDLEWARE = [*MIDDLEWARE[:_PLACE], "debug_toolbar.middleware.DebugToolbarMiddleware", *MIDDLEWARE[_PLACE:]]
INTERNAL_IPS = ["127.0.0.1"]
DEBUG_TOOLBAR_CONFIG = {"SHOW_COLLAPSED": True}
