"""`status` without a dispatch: who sends, how the lanes are, which mailings are under way; once, or watched."""

import json
import time
from typing import Any

import click
from django.utils import timezone
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from barqia.delivery.account.board import accounts
from barqia.delivery.clock import now_ms
from barqia.delivery.models import Delivery, DeliveryState
from barqia.delivery.pulses import living
from barqia.subscribers.models import Lane
from barqia.wire.models import Release

# of the newest mailings, those that are not finished
LOOKED_AT = 50
WATCH_SECONDS = 1.0
NOBODY = "Nobody sends: start `barqia run`, or `barqia worker` where several machines do."

Found = dict[str, Any]


def overview() -> Found:
    """{"senders", "held_by_nobody", "lanes", "mailings", "unknown"}; times are seconds, null where nobody knows."""
    now = now_ms()
    lanes = list(Lane.objects.all())
    names = {lane.pk: lane.name for lane in lanes if lane.active}
    senders: list[Found] = [
        {
            "worker": pulse.worker,
            "seconds_ago": round((now - pulse.at_ms) / 1000, 1),
            "plans": pulse.plans,
            "lanes": sorted(names[lane] for lane in pulse.lanes if lane in names),
        }
        for pulse in living(now)
    ]
    held = {lane for sender in senders for lane in sender["lanes"]}
    return {
        "senders": senders,
        "held_by_nobody": sorted(set(names.values()) - held),
        "lanes": [{"name": lane.name, "state": _state(lane, now), "pace": lane.rate} for lane in lanes],
        "mailings": _mailings(),
        "unknown": Delivery.objects.filter(state=DeliveryState.UNKNOWN).count(),
    }


def _state(lane: Lane, now: int) -> str:
    if not lane.active or lane.paused:
        return "paused" if lane.active else "off"
    if lane.alert:
        return f"stopped ({lane.alert})"
    if lane.paused_until_ms > now:
        return f"throttled for {(lane.paused_until_ms - now) / 1000:.0f} s"
    return lane.trouble or "on"


def _mailings() -> list[Found]:
    newest = list(Release.objects.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT])
    found = {release: one for release, one in accounts(newest, counted=False).items() if not one.finished}
    releases = Release.objects.select_related("dispatch").in_bulk(found)
    return [
        {
            "id": releases[release].dispatch.public_id,
            "release": release,
            "verb": releases[release].verb,
            "urgency": releases[release].urgency,
            "audience": one.audience,
            "to_go": sum(lane.to_go for lane in one.lanes),
            "unknown": one.counts["unknown"],
            "rate": round(one.rate, 1),
            "seconds_left": one.seconds_left,
            "planned": one.planned,
            "paused": one.paused,
            "held_up": {lane.lane_name: lane.held_up.why for lane in one.held_up_lanes},
        }
        for release, one in found.items()
    ]


def print_overview(as_json: bool) -> None:
    found = overview()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for line in _lines(found):
        click.echo(line)


def watch(as_json: bool) -> None:
    """Look every second until Ctrl-C: in place on a terminal, else one line a look."""
    console = Console()
    try:
        if console.is_terminal and not as_json:
            with Live(_screen(overview()), console=console, auto_refresh=False) as live:
                while True:
                    time.sleep(WATCH_SECONDS)
                    live.update(_screen(overview()), refresh=True)
        while True:
            found = overview()
            click.echo(json.dumps(found, ensure_ascii=False) if as_json else _one_line(found))
            time.sleep(WATCH_SECONDS)
    except (KeyboardInterrupt, BrokenPipeError):
        return


def _lines(found: Found) -> list[str]:
    lines = [
        f"{sender['worker']}: {', '.join(sender['lanes']) or 'no lane'}{', plans' if sender['plans'] else ''} "
        f"(said {sender['seconds_ago']:.1f} s ago)"
        for sender in found["senders"]
    ]
    if not found["senders"]:
        lines.append(NOBODY)
    elif found["held_by_nobody"]:
        lines.append(f"held by nobody: {', '.join(found['held_by_nobody'])}")
    lines += [f"lane {lane['name']}: {lane['state']}, {lane['pace']:g} a second" for lane in found["lanes"]]
    lines += [f"{one['id']} {one['verb']}: {_progress(one)}" for one in found["mailings"]]
    if found["unknown"]:
        lines.append(f"unknown: {found['unknown']}, for an editor to decide on the board")
    return lines


def _progress(one: Found) -> str:
    if not one["planned"] and not one["audience"]:
        return "not begun"
    gone = one["audience"] - one["to_go"]
    if one["paused"]:
        left = "paused"
    elif one["seconds_left"] is not None:
        left = f"{one['seconds_left']:.0f} s left"
    else:
        left = "stands still (" + ", ".join(f"{lane}: {why}" for lane, why in one["held_up"].items()) + ")"
    planning = "" if one["planned"] else ", being planned"
    return f"{gone} of {one['audience']}{planning}, {one['rate']:g} a second, {left}"


def _one_line(found: Found) -> str:
    mailings = "; ".join(f"{one['id']} {_progress(one)}" for one in found["mailings"]) or "nothing under way"
    return f"{timezone.now():%H:%M:%S} {len(found['senders'])} send; {mailings}; {found['unknown']} unknown"


def _screen(found: Found) -> Group:
    lanes = Table("lane", "state", "a second", box=None)
    for lane in found["lanes"]:
        lanes.add_row(lane["name"], Text(lane["state"]), f"{lane['pace']:g}")
    mailings = Table("dispatch", "verb", "progress", box=None)
    for one in found["mailings"]:
        mailings.add_row(one["id"], one["verb"], Text(_progress(one)))
    senders = [Text(line) for line in _lines({**found, "lanes": [], "mailings": []})]
    return Group(*senders, lanes, mailings)
