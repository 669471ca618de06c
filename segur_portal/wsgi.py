import os

from django.core.wsgi import get_wsgi_application

from segur_portal.bodies import read_large_bodies_by_large_parts, say_of_a_type_that_it_is_unreadable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")

application = say_of_a_type_that_it_is_unreadable(read_large_bodies_by_large_parts(get_wsgi_application()))
