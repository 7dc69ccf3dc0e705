"""A reading set right: who may, what it changes at once, what it refuses, and that the trail tells of it."""

import pytest

from barqia import desk
from barqia.delivery.costs.preview import Asked, preview
from barqia.delivery.models import Delivery
from barqia.delivery.planning.interests import interests_met
from barqia.desk.words import Slot, Words
from barqia.errors import InputError, NotAllowed, Stale, WrongState
from barqia.reading import Reading
from barqia.staff.models import User
from barqia.subscribers import recipients
from barqia.subscribers.models import Interest, Lane, Subscription
from barqia.wire.corrections import PERSON, PLACE, STATEMENT, Marks
from barqia.wire.models import AuditEntry, Dispatch, Draft, ReadingCorrection, Release, Verb
from delivery.hand import plan_all

pytestmark = pytest.mark.usefixtures("newsroom", "english")
TEXT = (
    "دمشق-برقية\nقال وزير النقل سامي الحلبي إن السوق مفتوح. وأضاف أن الجسر سيفتح غدا.\n"
    "وأكد محافظ المدينة نادر الصفواني أن الطريق إلى حمص مقطوع.\n"
)
WORDS, SLOT = Words("عنوان", TEXT), Slot(("politics",), 3)
SAID, ADDED = ((STATEMENT, TEXT.index(cue)) for cue in ("قال", "أضاف"))
OTHER: Marks = {SAID: "هدى النجار", ADDED: "هدى النجار"}


@pytest.fixture
def draft() -> Dispatch:
    return desk.save(None, WORDS, SLOT)


@pytest.fixture
def item(draft: Dispatch) -> Dispatch:
    desk.publish(None, draft, 0)
    draft.refresh_from_db()
    return draft


def speakers(item: Dispatch) -> list[str | None]:
    """Of what is shown and matched of the standing revision."""
    current = Dispatch.objects.get(pk=item.pk).current
    assert current is not None
    return [one.speaker for one in Reading.from_json(current.reading).statements]


def followed(release: Release) -> list[str]:
    """The persons and places whose followers this release is for."""
    for kind, key in (("person", "الحلبي"), ("person", "هدى النجار"), ("person", "الصفواني"), ("place", "حمص")):
        Interest.objects.get_or_create(kind=kind, key=key)
    return sorted(key for _id, _kind, key, _why in interests_met(release))


def test_a_wrong_speakers_follower_is_not_matched_and_the_right_ones_is(draft: Dispatch) -> None:
    desk.review(None, draft, 0, OTHER)
    release = desk.publish(None, draft, 1)
    assert followed(release) == sorted(["الصفواني", "حمص", "هدى النجار"])
    assert release.revision.as_read["statements"][0]["speaker"] == "سامي الحلبي", "what was read stays stored"


def test_only_the_right_speakers_follower_is_planned(draft: Dispatch, telegram: Lane) -> None:
    for address, name in (("1", "سامي الحلبي"), ("2", "هدى النجار")):
        reader = recipients.known(telegram, address, None)
        reader.status = "active"
        reader.save()
        wanted = Interest.objects.create(kind="person", key=name)
        Subscription.objects.create(recipient=reader, interest=wanted, lane=telegram)
    desk.review(None, draft, 0, OTHER)
    desk.publish(None, draft, 1)
    plan_all()
    assert [one.recipient_id for one in Delivery.objects.all()] == [reader.pk]


def test_the_count_before_publishing_knows_what_was_set_right(draft: Dispatch, telegram: Lane) -> None:
    reader = recipients.known(telegram, "1", None)
    reader.status = "active"
    reader.save()
    wanted = Interest.objects.create(kind="person", key="سامي الحلبي")
    Subscription.objects.create(recipient=reader, interest=wanted, lane=telegram)
    typed = Draft(dispatch=draft, headline="عنوان", text=TEXT)
    assert preview(draft, Verb.PUBLISH).audience == preview(draft, Verb.PUBLISH, asked=Asked(typed)).audience == 1
    desk.review(None, draft, 0, {(PERSON, "سامي الحلبي"): ""})
    assert preview(draft, Verb.PUBLISH).audience == preview(draft, Verb.PUBLISH, asked=Asked(typed)).audience == 0


def test_names_that_are_none_are_not_matched(draft: Dispatch) -> None:
    desk.review(None, draft, 0, {(PERSON, "سامي الحلبي"): "", (PLACE, "حمص"): ""})
    assert followed(desk.publish(None, draft, 1)) == ["الصفواني"]


def test_what_is_out_is_set_right_at_once_and_nothing_is_sent(item: Dispatch) -> None:
    before = item.updated_at
    desk.review(None, item, 1, {ADDED: ""})
    assert speakers(item) == ["سامي الحلبي", "نادر الصفواني"]
    assert Release.objects.count() == 1
    item.refresh_from_db()
    assert (item.state, item.sequence, item.updated_at) == ("published", 2, before), "feeds call it no update"


def test_a_later_release_of_other_words_keeps_what_still_stands(item: Dispatch) -> None:
    desk.review(None, item, 1, OTHER)
    release = desk.correct(None, item, 2, Words("عنوان", TEXT.replace("مقطوع", "مفتوح")))
    assert speakers(item)[:2] == ["هدى النجار", "هدى النجار"]
    assert "الحلبي" not in followed(release)


def test_a_reading_by_a_newer_reader_keeps_the_correction(item: Dispatch) -> None:
    desk.review(None, item, 1, {ADDED: "هدى النجار"})
    revision = Dispatch.objects.get().current
    assert revision is not None
    said, added, last = revision.as_read["statements"]
    shorter = {**added, "content": [added["content"][0], added["content"][1] - 4]}
    revision.as_read = {**revision.as_read, "statements": [said, shorter, last]}
    revision.reader_version = "99"
    revision.save()
    assert speakers(item) == ["سامي الحلبي", "هدى النجار", "نادر الصفواني"]
    revision.as_read = {**revision.as_read, "statements": [said, last]}
    revision.save()
    assert speakers(item) == ["سامي الحلبي", "نادر الصفواني"]
    assert [one.speaker for one in revision.review().stale] == ["هدى النجار"], "and says so where it has no place"


def test_the_marks_are_all_that_is_wrong_so_what_is_left_out_is_right_again(item: Dispatch) -> None:
    desk.review(None, item, 1, {SAID: "هدى النجار", ADDED: ""})
    first = ReadingCorrection.objects.get(speaker="هدى النجار")
    desk.review(None, item, 2, {SAID: " هدى  النجار "})
    assert speakers(item) == ["هدى النجار", "سامي الحلبي", "نادر الصفواني"]
    assert ReadingCorrection.objects.get() == first, "what stays is by whom it was"
    desk.review(None, item, 3, {SAID: "سامي الحلبي"})
    assert not ReadingCorrection.objects.exists(), "what is as read is no correction"


def test_what_is_stale_stays_until_it_is_forgotten(item: Dispatch) -> None:
    desk.review(None, item, 1, {ADDED: ""})
    desk.correct(None, item, 2, Words("عنوان", TEXT.replace("الجسر", "المعبر")))
    assert speakers(item) == ["سامي الحلبي", "سامي الحلبي", "نادر الصفواني"]
    old = ReadingCorrection.objects.get()
    desk.review(None, item, 3, {SAID: "هدى النجار"})
    assert old in ReadingCorrection.objects.all()
    desk.review(None, item, 4, {SAID: "هدى النجار"}, forget={old.pk})
    assert old not in ReadingCorrection.objects.all()


def test_the_same_again_changes_nothing_and_a_stale_review_is_refused(item: Dispatch) -> None:
    for _twice in range(2):
        desk.review(None, item, 1, OTHER)
    with pytest.raises(Stale):
        desk.review(None, item, 1, {SAID: ""})
    assert speakers(item)[0] == "هدى النجار"
    assert AuditEntry.objects.filter(verb="review").count() == 1


def test_a_reporter_is_refused(draft: Dispatch) -> None:
    reporter = User.objects.create_user("r", password="long enough", role="reporter")
    with pytest.raises(NotAllowed):
        desk.review(reporter, draft, 0, OTHER)
    assert not ReadingCorrection.objects.exists()


def test_what_is_ended_is_not_reviewed(item: Dispatch) -> None:
    desk.kill(None, item, 1, "خطأ")
    with pytest.raises(WrongState, match="review the reading"):
        desk.review(None, item, 2, OTHER)


@pytest.mark.parametrize("marks", [{(STATEMENT, 3): ""}, {(PLACE, "حلب"): ""}, {SAID: "ا" * 121}, {SAID: "ا\0ب"}])
def test_what_the_reading_has_not_or_is_no_name_is_refused(draft: Dispatch, marks: Marks) -> None:
    with pytest.raises(InputError):
        desk.review(None, draft, 0, marks)


def test_the_trail_tells_who_said_what_of_it(draft: Dispatch) -> None:
    editor = User.objects.create_user("e", password="long enough")
    desk.review(editor, draft, 0, {ADDED: ""})
    desk.review(editor, draft, 1, {})
    undone, done = AuditEntry.objects.filter(verb="review")
    told = {"kind": "statement", "words": "وأضاف أن الجسر سيفتح غدا.", "speaker": ""}
    assert (done.actor, done.detail) == (editor, {"corrected": [told], "taken_back": []})
    assert undone.detail == {"corrected": [], "taken_back": [told]}


def test_an_update_begins_with_what_was_set_right(item: Dispatch) -> None:
    desk.review(None, item, 1, OTHER)
    new = desk.update(None, item, 2)
    assert new.draft.review().marks == OTHER
    assert item.reading_corrections.count() == 2
