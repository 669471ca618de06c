import os

from django.core.wsgi import get_wsgi_application

from segur_portal.bodies import read_large_bodies_by_large_parts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")

application = read_large_bodies_by_large_parts(get_wsgi_application())
