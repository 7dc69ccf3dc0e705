"""The client newsrooms: what each takes and how it does, and a switch. Neither addresses nor secrets are shown."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from barqia.delivery import clients
from barqia.desk.steps import allow
from barqia.newsroom.access import screen, user_of
from barqia.wire.models import Section


@require_GET
@screen
def listed(request: HttpRequest) -> HttpResponse:
    sections = {section.slug: section for section in Section.objects.all()}
    rows = [(one, [sections[slug] for slug in one.sections if slug in sections]) for one in clients.clients()]
    return render(request, "newsroom/clients.html", {"rows": rows, "may": user_of(request).may("deliveries")})


@require_POST
@screen
def switch(request: HttpRequest, recipient: int, action: str) -> HttpResponseBase:
    """on or off; on also for one that the wire stopped."""
    user = user_of(request)
    allow(user, "deliveries")
    found = next((one for one in clients.clients() if one.recipient.pk == recipient), None)
    if found is None or action not in {"on", "off"}:
        raise Http404
    clients.switch(user, found, on=action == "on")
    if action == "on" and (missed := clients.missed(found)):
        said = " ".join(public_id for public_id, _verb in missed)
        messages.warning(request, _("It has older texts of these, for it was off: %s. Tell the client.") % said)
    return redirect("newsroom:clients")
