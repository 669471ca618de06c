import os

from django.core.wsgi import get_wsgi_application

from segur_portal.bodies import say_of_a_type_that_it_is_unreadable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segur_portal.settings")

application = say_of_a_type_that_it_is_unreadable(get_wsgi_application())
