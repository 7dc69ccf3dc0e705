"""The web process's application."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from barqia.project.children import PARENT, end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "barqia.project.settings")
if PARENT in os.environ:
    end_with_parent(signal.SIGKILL)
application = get_wsgi_application()
