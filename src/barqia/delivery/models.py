"""The queue itself: one row per source and recipient, its parts, attempts and receipts.

Times are integer milliseconds since 1970 UTC. Every table carries lane and month (yyyymm, of its source),
every unique key includes both, and no database foreign keys bind them: they can be partitioned.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.IntegerChoices):
    RELEASE = 1, _("release")
    ANSWER = 2, _("answer")


class DeliveryState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CLAIMED = "claimed", _("claimed")
    HANDING = "handing", _("handing")
    HANDED = "handed", _("handed")
    DELIVERED = "delivered", _("delivered")
    READ = "read", _("read")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")
    UNKNOWN = "unknown", _("unknown")


class Mode(models.TextChoices):
    """How a delivery goes: after an earlier copy, by itself, or with its recipient's others once a day."""

    FOLLOW = "follow", _("after an earlier copy")
    NEW = "new", _("at once")
    DIGEST = "digest", _("in the daily digest")


class Mailing(models.Model):
    """A release on its way: whether its audience is planned, and whether an editor holds it."""

    class State(models.TextChoices):
        PLANNING = "planning", _("planning")
        PLANNED = "planned", _("planned")
        CANCELLED = "cancelled", _("cancelled")
        SUPERSEDED = "superseded", _("superseded")

    release_id = models.BigIntegerField(primary_key=True)
    dispatch_id = models.UUIDField(db_index=True)
    month = models.PositiveIntegerField()
    priority = models.PositiveSmallIntegerField()
    supersedes = models.BooleanField(default=False, help_text="older revisions stop where this one starts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNING)
    paused = models.BooleanField(default=False)
    matches = models.JSONField(default=list, help_text="interests met: [id, kind, key, why]")
    started_ms = models.BigIntegerField()
    planned_ms = models.BigIntegerField(null=True)


class Held(models.Model):
    """A lane's part of a mailing that the wire itself holds, until a person or the provider lets it go on."""

    release_id = models.BigIntegerField()
    lane_id = models.BigIntegerField()
    why = models.CharField(max_length=80, help_text="the reason's slug, a colon, and the provider's word")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release_id", "lane_id"], name="held_once"),)


class Plan(models.Model):
    """How far the planning of a mailing has come on one lane. `purpose`: follow what was sent, or new."""

    class Purpose(models.TextChoices):
        FOLLOW = "follow", _("to those who were sent it")
        NEW = "new", _("to matching readers")

    release_id = models.BigIntegerField()
    lane_id = models.BigIntegerField()
    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    cursor = models.BigIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release_id", "lane_id", "purpose"], name="plan_once"),)


class Chunk(models.Model):
    """At most 1,000 recipients of one source on one lane: what a worker is handed."""

    lane_id = models.BigIntegerField()
    month = models.PositiveIntegerField()
    source_kind = models.PositiveSmallIntegerField(choices=SourceKind.choices)
    source_id = models.BigIntegerField()
    priority = models.PositiveSmallIntegerField()
    not_before_ms = models.BigIntegerField(default=0)
    paused = models.BooleanField(default=False)
    done = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["lane_id", "priority", "id"], name="chunk_due_ix", condition=models.Q(done=False)),
            models.Index(fields=["source_kind", "source_id"], name="chunk_source_ix"),
        )


class Delivery(models.Model):
    """What one recipient gets of one source.

    `parts_out` of `parts_total` provider messages are surely out; `reason` says why it was skipped or
    failed.
    """

    lane_id = models.BigIntegerField()
    month = models.PositiveIntegerField()
    source_kind = models.PositiveSmallIntegerField(choices=SourceKind.choices)
    source_id = models.BigIntegerField()
    dispatch_id = models.UUIDField(null=True)
    recipient_id = models.BigIntegerField()
    chunk_id = models.BigIntegerField()
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.NEW)
    urgency = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.PLANNED)
    reason = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    parts_out = models.PositiveSmallIntegerField(default=0)
    parts_total = models.PositiveSmallIntegerField(default=0)
    sent_twice = models.BooleanField(default=False)
    not_before_ms = models.BigIntegerField(default=0)
    expires_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["lane_id", "month", "source_kind", "source_id", "recipient_id"],
                name="delivery_once",
            ),
        )
        indexes = (
            models.Index(fields=["chunk_id", "state"], name="delivery_chunk_ix"),
            models.Index(fields=["dispatch_id", "recipient_id"], name="delivery_item_ix"),
            models.Index(fields=["source_kind", "source_id", "lane_id", "state"], name="delivery_board_ix"),
            models.Index(
                fields=["recipient_id", "not_before_ms"], name="delivery_digest_ix", condition=models.Q(mode="digest")
            ),
            models.Index(
                fields=["state"],
                name="delivery_open_ix",
                condition=models.Q(state__in=["claimed", "handing", "unknown"]),
            ),
        )


class Part(models.Model):
    """One provider message of a delivery. `gone` once it was deleted at the provider."""

    lane_id = models.BigIntegerField()
    month = models.PositiveIntegerField()
    delivery_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    provider_id = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=DeliveryState.choices)
    sent_ms = models.BigIntegerField(help_text="when this provider message was first sent")
    gone = models.BooleanField(default=False)
    pricing = models.CharField(
        max_length=3, blank=True, default="", db_default="", help_text="what was billed for it (`pricing`)"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["lane_id", "month", "delivery_id", "number"], name="part_once"),)
        indexes = (
            # the free ones of a month: at most a thousand a number
            models.Index(fields=["lane_id", "sent_ms"], name="part_free_ix", condition=models.Q(pricing="sc0")),
            models.Index(fields=["delivery_id"], name="part_delivery_ix"),
            models.Index(fields=["lane_id", "provider_id"], name="part_provider_ix"),
        )


class Attempt(models.Model):
    """One call to a provider. Its id is made by the sender, travels as the call's tag, and comes back.

    `in_place` calls come to the same when they are made again: edits, deletions, what its receiver knows by its id.
    """

    id = models.BigIntegerField(primary_key=True)
    lane_id = models.BigIntegerField()
    month = models.PositiveIntegerField()
    delivery_id = models.BigIntegerField(db_index=True)
    part = models.PositiveSmallIntegerField()
    in_place = models.BooleanField(default=False)
    started_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = (models.Index(fields=["lane_id", "started_ms"], name="attempt_pace_ix"),)


class Receipt(models.Model):
    """What a provider said later of one message; the same status twice is one row."""

    lane_id = models.BigIntegerField()
    month = models.PositiveIntegerField()
    delivery_id = models.BigIntegerField()
    provider_id = models.CharField(max_length=200)
    status = models.CharField(max_length=12)
    code = models.CharField(max_length=80, blank=True)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["lane_id", "month", "delivery_id", "provider_id", "status"], name="receipt_once"
            ),
        )


class Answer(models.Model):
    """What a reader's word or tap is answered with: the source of one delivery. `card` adds the contact card."""

    lane_id = models.BigIntegerField()
    recipient_id = models.BigIntegerField()
    text = models.TextField()
    buttons = models.JSONField(default=list, help_text="words offered to tap")
    card = models.BooleanField(default=False)
    menu = models.JSONField(null=True, help_text="lines to tap, and the tap it answers")
    created_ms = models.BigIntegerField()


class Price(models.Model):
    """What one message costs from a day on, by the market it goes to and its category, as the newsroom has set it."""

    market = models.CharField(max_length=60)
    category = models.CharField(max_length=30)
    currency = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=12, decimal_places=6)
    valid_from = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["market", "category", "currency", "valid_from"], name="price_once"),
        )


class Reached(models.Model):
    """Someone whom a portfolio's lanes wrote to first, outside the window: at most so many in 24 hours (`reach`)."""

    portfolio = models.CharField(max_length=80)
    lane_id = models.BigIntegerField()
    recipient_id = models.BigIntegerField()
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["portfolio", "recipient_id"], name="reached_once"),)
        indexes = (models.Index(fields=["portfolio", "at_ms"], name="reached_ix"),)


class Upload(models.Model):
    """A picture that a lane's provider has, by its own id, until it forgets it."""

    lane_id = models.BigIntegerField()
    digest = models.CharField(max_length=32)
    provider_id = models.CharField(max_length=200)
    until_ms = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["lane_id", "digest"], name="upload_once"),)


class Portfolio(models.Model):
    """How many rows of `Reached` a portfolio has."""

    name = models.CharField(max_length=80, primary_key=True)
    reached = models.IntegerField(default=0)


class Pulse(models.Model):
    """The last sign of life of a sender: the lanes it holds, whether it plans.

    `several` where it is one of several, which `shares` any lane with the others.
    """

    worker = models.CharField(max_length=80, primary_key=True)
    at_ms = models.BigIntegerField()
    lanes = models.JSONField(default=list)
    plans = models.BooleanField(default=False)
    several = models.BooleanField(default=False)
    shares = models.BooleanField(default=False)
