"""The items of the wire: a dispatch, its immutable revisions, the releases that send them out.

States and `pubstatus` are named as IPTC and Superdesk name them.
"""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from barqia.reading import Reading, read
from barqia.wire.corrections import PERSON, PLACE, STATEMENT, Review, review

# Crockford's base 32 without vowels or look-alikes: an id that is read aloud over a telephone.
PUBLIC_ID_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 8


def new_public_id() -> str:
    return "".join(secrets.choice(PUBLIC_ID_LETTERS) for _ in range(PUBLIC_ID_LENGTH))


class Newsroom(models.Model):
    """The one newsroom of this database: a single row, made by `barqia init`."""

    name_ar = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    agency = models.CharField(max_length=40, help_text="short name, as a dateline carries it")
    zone = models.CharField(max_length=64, default="UTC")
    languages = models.JSONField(default=list, help_text="site languages, the first is the default")
    months = models.CharField(max_length=8, choices=[("levant", "تشرين الثاني"), ("latin", "نوفمبر")], default="latin")
    contact_name = models.CharField(max_length=120, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    life_hours = models.PositiveSmallIntegerField(default=24, help_text="past it a dispatch is not sent")
    flash_life_hours = models.PositiveSmallIntegerField(default=2)


class Section(models.Model):
    """A section a reader can choose. `slug` is permanent; `words` are what readers send for it."""

    slug = models.SlugField(max_length=40, primary_key=True)
    name_ar = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    words = models.JSONField(default=list, help_text="words readers send, besides the names")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.name_ar


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_PROGRESS = "in_progress", _("in progress")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    CORRECTED = "corrected", _("corrected")
    KILLED = "killed", _("killed")
    RECALLED = "recalled", _("recalled")
    UNPUBLISHED = "unpublished", _("unpublished")
    SPIKED = "spiked", _("spiked")


class PubStatus(models.TextChoices):
    USABLE = "usable", _("usable")
    WITHHELD = "withheld", _("withheld")
    CANCELED = "canceled", _("canceled")


class Verb(models.TextChoices):
    TEST = "test", _("test send")
    PUBLISH = "publish", _("publish")
    CORRECT = "correct", _("correct")
    KILL = "kill", _("kill")
    TAKEDOWN = "takedown", _("take down")
    UNPUBLISH = "unpublish", _("unpublish")


class Dispatch(models.Model):
    """One news item through its life.

    `sequence` rises with every verb and every saved draft; a verb carries the one its editor saw.
    `correction_sequence` counts corrections. `urgency` is 1 (flash) to 9.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    pubstatus = models.CharField(max_length=10, choices=PubStatus.choices, default=PubStatus.WITHHELD)
    sequence = models.PositiveIntegerField(default=0)
    correction_sequence = models.PositiveIntegerField(default=0)
    urgency = models.PositiveSmallIntegerField(default=5)
    slugline = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, default="ar")
    subject = models.JSONField(default=list, help_text="IPTC media topics: medtop:…")
    embargo = models.DateTimeField(null=True, blank=True)
    sections = models.ManyToManyField(Section, related_name="dispatches")
    rewrite_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="updates")
    current = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    intake_key = models.CharField(max_length=64, null=True, unique=True, help_text="what arrived twice is one item")
    end_reason = models.CharField(max_length=300, blank=True, help_text="why it was killed or taken down")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["-published_at"], name="dispatch_newest_ix"),
            models.Index(fields=["-updated_at"], name="dispatch_touched_ix"),
        )

    def __str__(self) -> str:
        return self.public_id


class Pictures(models.Manager["Picture"]):
    """Without the files themselves: they are read where they are served."""

    def get_queryset(self) -> models.QuerySet["Picture"]:
        return super().get_queryset().defer("large", "small")


class Picture(models.Model):
    """A picture as it is shown, in two sizes, both JPEG; the same picture handed in again is the same row.

    In the database, not in a folder: every web process of every machine has it, and so has every backup.
    `width`, `height` and `size` (bytes) are the large one's.
    """

    digest = models.CharField(max_length=32, primary_key=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    large = models.BinaryField()
    small = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Pictures()

    class Meta:
        base_manager_name = "objects"


class Copy(models.Model):
    """The words of an item and its picture, as a draft holds them and a revision keeps them."""

    headline = models.CharField(max_length=300)
    text = models.TextField()
    byline = models.CharField(max_length=120, blank=True)
    ednote = models.CharField(max_length=500, blank=True)
    picture = models.ForeignKey(Picture, null=True, on_delete=models.PROTECT, related_name="+")
    picture_caption = models.CharField(max_length=300, blank=True, help_text="what it shows")
    picture_credit = models.CharField(max_length=120, blank=True, help_text="whose it is")

    class Meta:
        abstract = True


class Draft(Copy):
    """The saved words of an item that is not out yet, or of the correction being written for it."""

    dispatch = models.OneToOneField(Dispatch, on_delete=models.CASCADE, related_name="draft")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    saved_at = models.DateTimeField(auto_now=True)

    def review(self) -> Review:
        return review(read(self.text), self.text, self.dispatch.reading_corrections.all())


class Revision(Copy):
    """One immutable version of the text, with the reading computed from it.

    `as_read` is what the reader of `reader_version` found, and is never edited; `reading` is what is shown and matched.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    correction_note = models.CharField(max_length=300, blank=True)
    dateline_place = models.CharField(max_length=80, blank=True)
    dateline_source = models.CharField(max_length=80, blank=True)
    dateline_date = models.CharField(max_length=80, blank=True)
    as_read = models.JSONField(default=dict)
    reader_version = models.CharField(max_length=20, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["dispatch", "number"], name="revision_number_once"),)

    def review(self) -> Review:
        return review(Reading.from_json(self.as_read), self.text, self.dispatch.reading_corrections.all())

    @property
    def reading(self) -> dict[str, Any]:
        """The reading contract's object, with the editors' corrections."""
        corrected = self.dispatch.reading_corrections.all()
        stored: dict[str, Any] = self.as_read
        return self.review().reading.as_json() if corrected else stored


CORRECTED = ((STATEMENT, _("statement")), (PERSON, _("person")), (PLACE, _("place")))


class ReadingCorrection(models.Model):
    """What an editor set right in the readings of an item; it lies beside them, whatever reader they are by.

    `words` are a statement's sentence, or a name as read; `start` is where they stood in the text, `cue` the offset of
    the statement's cue in them. `speaker` is who really said it; empty: there is no such statement, person or place.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="reading_corrections")
    kind = models.CharField(max_length=12, choices=CORRECTED)
    words = models.TextField()
    start = models.PositiveIntegerField(default=0)
    cue = models.PositiveIntegerField(default=0)
    speaker = models.CharField(max_length=120, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("start", "id")


class Said(models.Model):
    """One statement of an item that is out: what the person of this code said, in the order of the text.

    Written and taken away with the verbs (`wire.said`). `name` and `title` are as this item gives them, `cue` the verb
    it was said with.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="said")
    number = models.PositiveSmallIntegerField()
    person = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=200, blank=True)
    words = models.TextField()
    cue = models.CharField(max_length=40)
    direct = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "dispatch", "number")
        indexes = (models.Index(fields=["person", "-at"], name="said_by_ix"),)


class Release(models.Model):
    """The decision to send a revision out, written with the decision itself: the outbox.

    `high_water` is the largest recipient id at that moment: who comes later is not in its audience.
    `seen` is the sequence the editor saw: the same verb with the same `seen` is the same release.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="releases")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="releases")
    verb = models.CharField(max_length=12, choices=Verb.choices)
    seen = models.PositiveIntegerField()
    urgency = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    high_water = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["dispatch", "verb", "seen"], name="release_verb_once"),)


class AuditEntry(models.Model):
    """Who did what to which item, and when. Never changed, never deleted."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    verb = models.CharField(max_length=20)
    dispatch = models.ForeignKey(Dispatch, null=True, on_delete=models.PROTECT, related_name="audit")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)


def audit(actor: Any, verb: str, dispatch: Dispatch | None = None, **detail: Any) -> AuditEntry:
    """Write one audit entry; `detail` must be JSON and hold no address of a reader."""
    return AuditEntry.objects.create(actor=actor, verb=verb, dispatch=dispatch, detail=detail)
