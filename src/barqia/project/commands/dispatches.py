"""`read`, `publish`, `correct`, `kill`, `takedown`, `unpublish`, `resend`, `status`."""

import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from barqia.errors import LaneError, NotFound
from barqia.project.boot import ready, start_django

if TYPE_CHECKING:
    from collections.abc import Callable

    from barqia.delivery.account.board import Account
    from barqia.delivery.account.resend import Left
    from barqia.delivery.costs.forecast import Forecast
    from barqia.delivery.costs.preview import Preview
    from barqia.wire.models import Dispatch, Release

TEXT_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=TEXT_FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the reading as JSON; spans count code points.")
@click.option("--jsonl", is_flag=True, help='Read {"id", "text"} lines from standard input, print one reading a line.')
@click.option("--workers", type=click.IntRange(0), default=1, help="Processes for --jsonl; 0 takes one a core.")
@click.option("--encoding", help="The file's encoding, where it is not UTF-8.")
def read(file: Path | None, as_json: bool, jsonl: bool, workers: int, encoding: str | None) -> None:
    """Read a dispatch: dateline, paragraphs, who said what, names, topics. FILE - is standard input.

    With --jsonl a line that cannot be read gives {"id", "error"}, and the others go on.
    """
    if jsonl:
        from barqia.project.reading_lines import print_readings

        print_readings(sys.stdin.buffer, sys.stdout, sys.stderr, workers or os.cpu_count() or 1)
        return
    start_django()
    if file is None:
        raise click.UsageError("Give a FILE, or --jsonl and lines on standard input.")
    from barqia.project.terminal_reading import print_reading
    from barqia.reading import read as read_text
    from barqia.text import misread
    from barqia.wire.intake import clean, decode, read_bytes

    data = sys.stdin.buffer.read() if str(file) == "-" else read_bytes(file)
    text = decode(data, str(file), encoding)
    clean(text, str(file))
    reading = read_text(text)
    if as_json:
        click.echo(json.dumps(reading.as_json(), ensure_ascii=False))
    else:
        print_reading(text, reading, Console())
    if how := misread(text):
        click.echo(f"This looks like {how}: read from the original with --encoding.", err=True)


def _words(file: Path, headline: str | None, encoding: str | None) -> tuple[str, str]:
    from barqia.wire.intake import clean, decode, split_headline, text_of

    if str(file) == "-":
        text = clean(decode(sys.stdin.buffer.read(), "standard input", encoding), "standard input")
    else:
        text = text_of(file, encoding)
    return (headline, text) if headline else split_headline(text)


def find(item: str) -> "Dispatch":
    """By public id or UUID. Raises NotFound."""
    from django.core.exceptions import ValidationError

    from barqia.wire.models import Dispatch

    try:
        found = Dispatch.objects.filter(public_id=item).first() or Dispatch.objects.filter(pk=item).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NotFound(f"There is no dispatch {item}: its id is the last part of its address, /d/<id>.")
    return found


@click.command()
@click.argument("file", type=TEXT_FILE)
@click.option("--section", "-s", "sections", multiple=True, required=True, help="A section's slug; may be repeated.")
@click.option("--urgency", "-u", default=5, show_default=True, help="1 (flash) to 9.")
@click.option("--headline", help="The headline; else the text's first line or sentence.")
@click.option("--byline", default="")
@click.option("--picture", type=TEXT_FILE, help="A JPEG, PNG or WebP file.")
@click.option("--caption", default="", help="What the picture shows.")
@click.option("--credit", default="", help="Whose the picture is.")
@click.option("--encoding", help="The file's encoding, where it is not UTF-8.")
@click.option("--wait", is_flag=True, help="Wait until it is delivered, sending it here when no sender runs.")
@click.option("--again", is_flag=True, help="Publish a text that was published before as a new item.")
@click.option("--dry-run", is_flag=True, help="Show who would get it, and publish nothing.")
def publish(
    file: Path, sections: tuple[str, ...], urgency: int, headline: str | None, byline: str, picture: Path | None,
    caption: str, credit: str, encoding: str | None, wait: bool, again: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Publish a text file to every matching reader. The same file again changes nothing."""
    ready()
    from django.db import transaction

    from barqia import desk
    from barqia.desk.words import Illustration, Slot, Words
    from barqia.wire.pictures import store_file

    found_headline, text = _words(file, headline, encoding)
    slot = Slot(sections, urgency)
    slot.checked()
    key = None if again else "file:" + sha256(f"{found_headline}\0{text}".encode()).hexdigest()[:56]
    with transaction.atomic():
        shown = Illustration(store_file(picture).pk, caption, credit) if picture else None
        item = desk.save(None, Words(found_headline, text, byline, picture=shown), slot, intake_key=key)
        published = item.releases.filter(verb="publish").first()
        if published:
            _unchanged(item, "--again publishes this text as a new dispatch.")
        else:
            _show_preview(item, "publish")
        if dry_run:
            transaction.set_rollback(True)
            return
        release = published or desk.publish(None, item, item.sequence)
    _say(release, wait, new=not published)


@click.command()
@click.argument("item")
@click.argument("file", type=TEXT_FILE)
@click.option("--note", default="", help="What was wrong, in one line that readers see.")
@click.option("--headline", help="The headline; else the text's first line or sentence.")
@click.option("--encoding", help="The file's encoding, where it is not UTF-8.")
@click.option("--wait", is_flag=True, help="Wait until it is delivered.")
@click.option("--dry-run", is_flag=True, help="Show who would get it and what it costs, and send nothing.")
def correct(
    item: str, file: Path, note: str, headline: str | None, encoding: str | None, wait: bool, dry_run: bool
) -> None:
    """Correct a published dispatch: every copy is edited in place, or followed by a message that quotes it."""
    ready()
    from barqia import desk
    from barqia.delivery.costs.preview import Asked, preview
    from barqia.desk.words import Words
    from barqia.wire.models import Draft

    dispatch = find(item)
    found_headline, text = _words(file, headline, encoding)
    standing = Words.of(dispatch.current) if dispatch.current else Words("", "")
    words = replace(standing, headline=found_headline, text=text)
    shown = preview(dispatch, "correct", asked=Asked(Draft(dispatch=dispatch, **words.fields()), note=note))
    if dry_run:
        _print_preview(shown)
        return
    _carry_out(shown, dispatch, "correct", lambda: desk.correct(None, dispatch, dispatch.sequence, words, note), wait)


def _ending(name: str, text: str) -> click.Command:
    @click.command(name, help=text)
    @click.argument("item")
    @click.option("--reason", required=True, help="One line; readers are shown it.")
    @click.option("--wait", is_flag=True, help="Wait until it is delivered.")
    @click.option("--dry-run", is_flag=True, help="Show whom it follows and what it costs, and send nothing.")
    def command(item: str, reason: str, wait: bool, dry_run: bool) -> None:
        ready()
        from barqia import desk
        from barqia.delivery.costs.preview import preview

        dispatch = find(item)
        verb = desk.kill if name == "kill" else desk.takedown
        shown = preview(dispatch, name)
        if dry_run:
            _print_preview(shown)
            return
        _carry_out(shown, dispatch, name, lambda: verb(None, dispatch, dispatch.sequence, reason), wait)

    return command


kill = _ending("kill", "Kill a dispatch: every delivered copy is deleted, or followed by a notice. Final.")
takedown = _ending("takedown", "Take a dispatch down, for law or privacy: as kill, and its text is not shown again.")


@click.command()
@click.argument("item")
def unpublish(item: str) -> None:
    """Take a dispatch off the site; it may be published again. Nobody is told."""
    ready()
    from barqia import desk

    dispatch = find(item)
    release = desk.unpublish(None, dispatch, dispatch.sequence)
    if release.seen != dispatch.sequence:
        _unchanged(dispatch)
    else:
        click.echo(f"{dispatch.public_id} is off the site.")


@click.command()
@click.argument("item")
@click.argument("left", type=click.Choice(["failed", "unknown"]))
@click.option("--wait", is_flag=True, help="Wait until it is delivered.")
def resend(item: str, left: "Left", wait: bool) -> None:
    """Send the newest mailing of a dispatch again: to those where it failed, or where nobody knows (maybe twice).

    Who opted out since gets nothing; what cannot come to anything is left out and counted.
    """
    ready()
    from barqia.delivery.account import resend as resending

    dispatch = find(item)
    release = dispatch.releases.exclude(verb="test").order_by("-pk").first()
    if release is None:
        raise NotFound(f"{dispatch.public_id} was not sent to anybody yet.")
    found = resending.again(release.pk, left)
    count = resending.resend(None, release.pk, left)
    twice = "; some may get it twice" if left == "unknown" and count else ""
    click.echo(f"{dispatch.public_id} {release.verb}: {count} {left} go again{twice}")
    for reason, left_out in found.left_out:
        click.echo(f"  left out: {left_out} {left} ({reason})")
    _say(release, wait, new=False)


def _carry_out(shown: "Preview", dispatch: "Dispatch", verb: str, act: "Callable[[], Release]", wait: bool) -> None:
    """The audience was counted before the verb acts, and is told once it was not refused."""
    release = act()
    new = release.seen == dispatch.sequence and release.verb == verb
    if new:
        _print_preview(shown)
    else:
        _unchanged(dispatch)
    _say(release, wait, new=new)


def _unchanged(dispatch: "Dispatch", advice: str = "") -> None:
    click.echo(f"Nothing changed: {dispatch.public_id} is {dispatch.state} with this already. {advice}".rstrip())


def _show_preview(dispatch: "Dispatch", verb: str) -> None:
    from barqia.delivery.costs.preview import preview

    _print_preview(preview(dispatch, verb))


def _print_preview(found: "Preview") -> None:
    for lane in found.lanes:
        left_out = ", ".join(f"{count} {reason}" for reason, count in lane.excluded)
        click.echo(
            f"{lane.lane_name}: {lane.audience} to reach ({lane.in_place} in place, {lane.new} new), "
            + ("waiting until the lane goes on" if lane.waits else f"about {lane.seconds:.0f} s")
            + (f"; {lane.digest} of them in the digest at {lane.digest_at}" if lane.digest else "")
            + (f"; left out: {left_out}" if left_out else "")
            + (f"; beyond today's limit, until {_moment(lane.beyond_until_ms)}: {lane.beyond}" if lane.beyond else "")
            + (f"; costs at most {lane.stars:g} Stars" if lane.stars else "")
            + (f"; those not served are reached by {', '.join(lane.others)}" if lane.others else "")
        )
        if lane.forecast and lane.forecast.messages:
            _print_forecast(lane.forecast)


def _print_forecast(found: "Forecast") -> None:
    """Messages by category and country, and their price."""
    sums = ", ".join(f"{count} {category}" for category, count in found.by_category.items())
    inside = found.by_category.get(found.inside, 0)
    free = f"{found.free} of {inside} {found.inside} free, {found.free_left} left this month"
    cost = "no price is set" if found.cost is None else f"costs at most {found.cost:.2f} {found.currency}"
    unpriced = f", {found.unpriced} without a price" if found.unpriced and found.cost is not None else ""
    click.echo(f"  {found.messages} messages: {sums}; {free}; {cost}{unpriced}")
    for cell in found.cells:
        price = "" if cell.price is None else f" at {cell.price.normalize():f} {found.currency}"
        click.echo(f"    {cell.country} {cell.category}: {cell.messages} to {cell.people} readers{price}")


def print_bill(release_id: int) -> None:
    """What the providers told that they bill, in lines."""
    from barqia.delivery.costs.bill import bill

    for one in bill(release_id):
        cost = "" if one.cost is None else f", {one.cost:.2f} {one.currency}"
        sums = ", ".join(
            f"{count} {pricing.category}{'' if pricing.billable else ' (free)'}" for pricing, count in one.sums
        )
        click.echo(f"  {one.lane_name} billed: {sums}{cost}")


def _moment(at_ms: int) -> str:
    """In UTC, to the minute."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _say(release: "Release", wait: bool, *, new: bool) -> None:
    if new:
        click.echo(f"{release.dispatch.public_id} {release.verb} (urgency {release.urgency})")
    if wait:
        account = _waited_for(release)
        print_account(account)
        if account.put_off:
            left = sum(lane.to_go for lane in account.lanes)
            click.echo(f"{left} go later, by `barqia run`: in a digest, as their provider asks, or because it fails.")
        print_bill(release.pk)
        _require_no_standstill(account)


def _waited_for(release: "Release") -> "Account":
    """The account when it is finished; after Ctrl-C says what is left, and ends."""
    from barqia.delivery.account.board import account
    from barqia.project.waiting import wait_for

    try:
        return wait_for(release.pk, Console())
    except KeyboardInterrupt:
        left = sum(lane.to_go for lane in account(release.pk).lanes)
        said = f"{left} of {release.dispatch.public_id} are still to be sent; `barqia run` sends them."
        click.echo(f"\nStopped: {said}", err=True)
        sys.exit(130)


def _require_no_standstill(account: "Account") -> None:
    """Raises LaneError where what is left waits for a person, saying for what."""
    if not account.stands_still:
        return
    if account.paused:
        raise LaneError("The mailing is paused: let it go on from the board.")
    if held := next((lane for lane in account.lanes if lane.to_go and lane.held), None):
        raise LaneError(
            f"Lane {held.lane_name} cannot send this ({held.held}), {held.to_go} wait: let it go on from the board."
        )
    stopped = next(lane for lane in account.lanes if lane.to_go)
    why = f"stopped ({stopped.alert})" if stopped.alert else "is paused"
    raise LaneError(
        f"Lane {stopped.lane_name} {why}, {stopped.to_go} wait: see `barqia lane check {stopped.lane_name}`, "
        f"then `barqia lane resume {stopped.lane_name}`."
    )


def print_account(account: "Account") -> None:
    """The account in lines: every state that has recipients, and whether the sum is the audience."""
    for lane in account.lanes:
        states = ", ".join(f"{count} {state}" for state, count in lane.counts.items() if count)
        click.echo(f"  {lane.lane_name}: {lane.audience} recipients: {states}")
        for (state, reason), count in sorted(lane.reasons.items()):
            click.echo(f"    {count} {state} ({reason})")
    total = sum(account.counts.values())
    verdict = "adds up" if account.adds_up else f"DOES NOT ADD UP: {account.recipients} recipients"
    click.echo(f"  sum {total} of {account.audience}: {verdict}")


@click.command()
@click.argument("item", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON; with --watch one object a line.")
@click.option("--watch", is_flag=True, help="Look every second until Ctrl-C; without ITEM.")
def status(item: str | None, as_json: bool, watch: bool) -> None:
    """The account of a dispatch: every recipient of each release, in exactly one state.

    Without ITEM: who sends, and who holds which lane; the lanes, the mailings under way, what is unknown.
    """
    if item and watch:
        raise click.UsageError("--watch is without ITEM.")
    ready()
    from barqia.delivery.account.board import account

    if item is None:
        from barqia.project import overview

        overview.watch(as_json) if watch else overview.print_overview(as_json)
        return
    dispatch = find(item)
    accounts = [(release, account(release.pk)) for release in dispatch.releases.all()]
    if as_json:
        click.echo(json.dumps(_status_json(dispatch, accounts), ensure_ascii=False))
        return
    click.echo(f"{dispatch.public_id} {dispatch.state} ({dispatch.pubstatus}), sequence {dispatch.sequence}")
    for release, one in accounts:
        state = "finished" if one.finished else "under way"
        click.echo(f"{release.verb} {release.created_at:%Y-%m-%d %H:%M:%S} UTC: {state}")
        print_account(one)
        print_bill(release.pk)


def _status_json(dispatch: "Dispatch", accounts: "list[tuple[Release, Account]]") -> dict[str, Any]:
    return {
        "id": dispatch.public_id,
        "state": dispatch.state,
        "pubstatus": dispatch.pubstatus,
        "sequence": dispatch.sequence,
        "releases": [
            {
                "release": release.pk,
                "verb": release.verb,
                "finished": one.finished,
                "audience": one.audience,
                "adds_up": one.adds_up,
                "counts": one.counts,
                "lanes": {
                    lane.lane_name: {
                        "counts": lane.counts,
                        "reasons": {f"{state}:{reason}": n for (state, reason), n in lane.reasons.items()},
                    }
                    for lane in one.lanes
                },
            }
            for release, one in accounts
        ],
    }
