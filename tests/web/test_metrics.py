"""What a monitor reads: Prometheus' format as its own parser reads it, and readiness."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from barqia.delivery import clients
from barqia.delivery.clock import now_ms
from barqia.delivery.lane import Refused
from barqia.delivery.models import Delivery, Pulse
from barqia.project.commands.lanes import make
from barqia.project.config import load
from barqia.public import health
from barqia.subscribers.models import Lane, Recipient
from delivery.hand import plan_all, publish, reader, send

Values = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def _read(client: Client) -> tuple[str, dict[str, Values]]:
    """The text, and {metric: {label values: value}}."""
    text = client.get("/metrics", headers={"host": "127.0.0.1:8000"}).content.decode()
    return text, {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_the_figures_of_a_mailing(client: Client, telegram: Lane) -> None:
    now = now_ms()
    for chat in (4_444_001, 4_444_002, 4_444_003):
        reader(telegram, chat)
    publish("كلام فريد")
    plan_all(now - 30_000)
    send(telegram, now, lambda call: Refused("refused", "400") if b"4444002" in call.body else None)
    Delivery.objects.filter(pk=Delivery.objects.order_by("-pk")[0].pk).update(state="unknown")
    publish("كلام آخر")
    plan_all(now - 30_000)
    Pulse.objects.create(worker="m:1", at_ms=now - 3000)
    Lane.objects.update(paused=True)
    text, found = _read(client)
    assert found["barqia_deliveries"] == {
        ("telegram", "delivered"): 1, ("telegram", "failed"): 1, ("telegram", "planned"): 3, ("telegram", "unknown"): 1,
    }  # fmt: skip
    assert found["barqia_attempts_last_minute"] == {("telegram", "accepted"): 2, ("telegram", "refused"): 1}
    assert 30 <= found["barqia_oldest_due_seconds"]["telegram",] < 60
    assert found["barqia_lane_state"] == {("telegram", "paused"): 1}
    assert found["barqia_unknown"] == found["barqia_senders"] == {(): 1}
    assert 3 <= found["barqia_pulse_age_seconds"][()] < 20
    assert not any(word in text for word in ("4444", "كلام", "token", "m:1"))


def test_metrics_are_for_this_machine_or_who_has_the_token(client: Client, newsroom: object, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    here = {"host": "localhost:8000"}
    assert client.get("/metrics", headers=here).status_code == 200
    assert client.get("/metrics", headers=here, REMOTE_ADDR="192.0.2.1").status_code == 403
    assert client.get("/metrics", headers={"host": "news.example"}).status_code == 403
    assert client.get("/metrics", headers={**here, "x-real-ip": "192.0.2.1"}).status_code == 403
    settings.BARQIA_METRICS_TOKEN = "a secret"
    assert client.get("/metrics", headers=here).status_code == 403
    right = {"authorization": "Bearer a secret"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_the_token_is_set_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load().metrics_token
    monkeypatch.setenv("BARQIA_METRICS_TOKEN", "a secret")
    assert load().metrics_token == "a secret"


def test_ready_is_while_a_sender_lives_and_the_database_answers(
    client: Client, newsroom: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/ready").status_code == 503
    pulse = Pulse.objects.create(worker="m:1", at_ms=now_ms())
    assert client.get("/ready").status_code == 200
    pulse.at_ms -= 60_000
    pulse.save()
    assert (client.get("/ready").status_code, client.get("/health").status_code) == (503, 200)

    class Refusing:
        def cursor(self) -> None:
            raise DatabaseError

    monkeypatch.setattr(health, "connection", Refusing())
    assert client.get("/ready").status_code == 503


def test_how_client_newsrooms_do(client: Client, newsroom: object) -> None:
    lane = make("clients", "client", "clients", {}, {})
    for name, changed in (
        ("a", {}),
        ("b", {"failing_since_ms": 1}),
        ("c", {"status": "blocked", "failing_since_ms": 1}),
        ("d", {"status": "unsubscribed"}),
    ):
        made = clients.add(lane, name, f"https://{name}.example/")
        Recipient.objects.filter(pk=made.recipient.pk).update(**changed)
    text, found = _read(client)
    states = ("failing", "off", "on", "stopped")
    assert found["barqia_clients"] == {("clients", state): 1 for state in states}
    assert "example" not in text
