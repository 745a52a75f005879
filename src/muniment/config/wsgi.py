"""The WSGI application that the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

from muniment.config.services import follow_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muniment.config.settings")
application = get_wsgi_application()

follow_parent()
