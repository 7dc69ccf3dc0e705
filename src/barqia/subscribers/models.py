"""Readers, where they can be reached, what they agreed to and what they asked for.

Times ending in `_ms` are integer milliseconds since 1970 UTC: the delivery loop compares them in SQL.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lane(models.Model):
    """One sending identity with its own pace: a bot, a channel, a WhatsApp number.

    `settings` holds what may be shown, `secrets` the encrypted rest (see `vault`). `rate` is messages a
    second for the lane, `recipient_interval_ms` the least time between two messages to one recipient, of whom
    `recipient_burst` may go at once and are then paid off, `concurrency` the calls under way at once. `alert` is
    why the lane stopped itself, empty while it runs; `trouble` why its provider is left alone for a while; `notices`
    what the provider says of the account, {what about: in its words}.
    """

    name = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    secrets = models.BinaryField(default=bytes)
    rate = models.FloatField(default=25.0)
    recipient_interval_ms = models.PositiveIntegerField(default=1000)
    recipient_burst = models.PositiveSmallIntegerField(default=1)
    concurrency = models.PositiveSmallIntegerField(default=20)
    active = models.BooleanField(default=True)
    paused = models.BooleanField(default=False)
    paused_until_ms = models.BigIntegerField(default=0)
    resend_flash = models.BooleanField(default=False)
    alert = models.CharField(max_length=300, blank=True)
    trouble = models.CharField(max_length=40, blank=True)
    notices = models.JSONField(default=dict, db_default={})
    epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Reader(models.Model):
    """One person as one provider shows them; never merged across providers. Consent hangs here."""

    language = models.CharField(max_length=8, default="ar")
    created_at = models.DateTimeField(auto_now_add=True)


class Recipient(models.Model):
    """One address on one lane. Addresses are ciphertext plus a keyed hash.

    `address` is a Telegram chat id, a WhatsApp `wa_id`, or a client's endpoint with its secrets; `user_id` a WhatsApp
    BSUID; either may be null. `failing_since_ms` is when a client's endpoint began to fail, null while it answers.
    """

    class Kind(models.TextChoices):
        READER = "reader", _("reader")
        GROUP = "group", _("group")
        CHANNEL = "channel", _("channel")
        CLIENT = "client", _("client newsroom")

    class Status(models.TextChoices):
        STRANGER = "stranger", _("not subscribed")
        ACTIVE = "active", _("active")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BLOCKED = "blocked", _("blocked us")

    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="recipients")
    reader = models.ForeignKey(Reader, null=True, on_delete=models.PROTECT, related_name="recipients")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.READER)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.STRANGER)
    status_reason = models.CharField(max_length=40, blank=True)
    own = models.BooleanField(default=False, help_text="a phone of the newsroom's own, for test sends")
    digest = models.BooleanField(default=False, db_default=False, help_text="once a day, where the lane has digests")
    address_cipher = models.BinaryField(null=True)
    address_hash = models.BinaryField(max_length=32, null=True)
    user_id_cipher = models.BinaryField(null=True)
    user_id_hash = models.BinaryField(max_length=32, null=True)
    last_inbound_ms = models.BigIntegerField(null=True)
    country = models.CharField(
        max_length=2, blank=True, default="", db_default="", help_text="by the number or user id; ISO 3166"
    )
    failing_since_ms = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["lane", "address_hash"], name="recipient_address_once"),
            models.UniqueConstraint(fields=["lane", "user_id_hash"], name="recipient_user_id_once"),
        )
        indexes = (
            models.Index(fields=["lane", "status", "id"], name="recipient_audience_ix"),
            models.Index(fields=["lane", "id"], name="recipient_digest_ix", condition=models.Q(digest=True)),
            # a forecast reads it through and needs nothing else
            models.Index(fields=["lane", "country", "status", "last_inbound_ms", "id"], name="recipient_forecast_ix"),
        )


class FailedDay(models.Model):
    """A day, counted from 1970 in UTC, on which a recipient's mailbox took nothing."""

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="failed_days")
    day = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["recipient", "day"], name="failed_day_once"),)


class Consent(models.Model):
    """What a reader agreed to or took back: the word, when, over which lane, and the wording shown."""

    class Action(models.TextChoices):
        SUBSCRIBE = "subscribe", _("subscribed")
        CHANGE = "change", _("changed")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribed")

    reader = models.ForeignKey(Reader, on_delete=models.PROTECT, related_name="consents")
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT)
    action = models.CharField(max_length=12, choices=Action.choices)
    source = models.CharField(max_length=80, help_text="word, import, blocked, provider")
    word = models.CharField(max_length=120, blank=True)
    wording = models.TextField(blank=True, help_text="what the reader was shown")
    at = models.DateTimeField()


class Interest(models.Model):
    """What a reader can ask for; shared by all who ask for the same."""

    class Kind(models.TextChoices):
        EVERYTHING = "everything", _("everything")
        SECTION = "section", _("section")
        PERSON = "person", _("person")
        PLACE = "place", _("place")
        TOPIC = "topic", _("topic")
        PHRASE = "phrase", _("phrase")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="interest_once"),)


class Subscription(models.Model):
    """One recipient's standing interest. `lane` repeats the recipient's, for the planner's index."""

    interest = models.ForeignKey(Interest, on_delete=models.PROTECT)
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="subscriptions")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["recipient", "interest"], name="subscription_once"),)
        indexes = (models.Index(fields=["interest", "lane", "recipient"], name="subscription_audience_ix"),)
