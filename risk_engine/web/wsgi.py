"""What a server of WSGI runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "risk_engine.web.settings")
application = get_wsgi_application()
