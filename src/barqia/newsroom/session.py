"""Logging in, and the language of the desk."""

from hashlib import blake2b

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from barqia.newsroom.access import screen, user_of
from barqia.wire.setup import default_language

MOST_TRIES = 5
WAIT_SECONDS = 300


def _keys(request: HttpRequest) -> tuple[str, str]:
    """Wrong tries are counted for the name and for the address, each by itself."""
    name = blake2b(request.POST.get("username", "").lower().encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"wrong-name:{name}", f"wrong-address:{request.META.get('REMOTE_ADDR', '')}"


def wrong_tries(request: HttpRequest) -> int:
    return max(int(cache.get(key, 0)) for key in _keys(request))


class Login(LoginView):
    """In the newsroom's first language, or in English with ?language=en."""

    template_name = "newsroom/login.html"
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        for key in _keys(self.request):
            cache.add(key, 0, WAIT_SECONDS)
            cache.incr(key)
        return super().form_invalid(form)

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        default = default_language()
        language = request.GET.get("language", default)
        with translation.override(language if language in {"ar", "en"} else default):
            if request.method == "POST" and wrong_tries(request) >= MOST_TRIES:
                return render(request, self.template_name, {"wait": True}, status=429)
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            return response


@require_POST
@screen
def language(request: HttpRequest) -> HttpResponse:
    """Switch the desk between Arabic and English."""
    user = user_of(request)
    user.language = "en" if request.POST.get("language") == "en" else "ar"
    user.save(update_fields=["language"])
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if safe else "newsroom:home")
