"""`status` without a dispatch: the senders that live, and who holds which lane."""

import json
from typing import Any

import click

from barqia.delivery.clock import now_ms
from barqia.delivery.pulses import living
from barqia.subscribers.models import Lane


def print_senders(as_json: bool) -> None:
    now = now_ms()
    names = dict(Lane.objects.filter(active=True).values_list("pk", "name"))
    senders: list[dict[str, Any]] = [
        {
            "worker": pulse.worker,
            "seconds_ago": round((now - pulse.at_ms) / 1000, 1),
            "plans": pulse.plans,
            "lanes": sorted(names[lane] for lane in pulse.lanes if lane in names),
        }
        for pulse in living(now)
    ]
    held = {lane for sender in senders for lane in sender["lanes"]}
    nobody = sorted(set(names.values()) - held)
    if as_json:
        click.echo(json.dumps({"senders": senders, "held_by_nobody": nobody}, ensure_ascii=False))
        return
    for sender in senders:
        lanes = ", ".join(sender["lanes"]) or "no lane"
        plans = ", plans" if sender["plans"] else ""
        click.echo(f"{sender['worker']}: {lanes}{plans} (said {sender['seconds_ago']:.1f} s ago)")
    if not senders:
        click.echo("Nobody sends: start `barqia run`, or `barqia worker` where several machines do.")
    elif nobody:
        click.echo(f"held by nobody: {', '.join(nobody)}")
