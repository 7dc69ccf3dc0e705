"""What arrived, as it arrived: unique by lane and provider id, so that the same update acts once."""

from django.db import models


class Update(models.Model):
    """One raw update of a provider; `body` is ciphertext. `outcome` says what it did."""

    lane_id = models.BigIntegerField()
    provider_id = models.CharField(max_length=200)
    body = models.BinaryField()
    received_ms = models.BigIntegerField()
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["lane_id", "provider_id"], name="update_once"),)


class Asked(models.Model):
    """That something was asked for by one whom only a keyed hash names, so that it is not asked for too often."""

    who = models.BinaryField(max_length=32)
    at_ms = models.BigIntegerField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=["who", "at_ms"], name="asked_ix"),)


class Cursor(models.Model):
    """How far a lane's long polling has confirmed its provider's updates."""

    lane_id = models.BigIntegerField(primary_key=True)
    offset = models.BigIntegerField(default=0)
