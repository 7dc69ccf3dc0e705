"""The web process's application."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from barqia.project.children import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "barqia.project.settings")
if "BARQIA_PARENT" in os.environ:
    # granian's worker: a request that is cut off has committed, or has not happened
    end_with_parent(signal.SIGKILL)
application = get_wsgi_application()
