"""The people of the newsroom and what their role lets them do."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REPORTER = "reporter", _("reporter")
    EDITOR = "editor", _("editor")
    ENGINEER = "engineer", _("engineer")


VERBS: dict[str, frozenset[str]] = {
    Role.REPORTER: frozenset({"save"}),
    Role.EDITOR: frozenset(
        {"save", "test", "publish", "correct", "kill", "takedown", "unpublish", "update", "review", "deliveries"}
    ),
}
VERBS[Role.ENGINEER] = VERBS[Role.EDITOR] | {"lanes", "subscribers"}


class User(AbstractUser):
    """One person of the newsroom. `language` is that of the desk's screens: "ar" or "en"."""

    role = models.CharField(max_length=12, choices=Role.choices, default=Role.EDITOR)
    language = models.CharField(max_length=2, choices=[("ar", "العربية"), ("en", "English")], default="ar")

    def may(self, verb: str) -> bool:
        return self.is_active and verb in VERBS[self.role]
