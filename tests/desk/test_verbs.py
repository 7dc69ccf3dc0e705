"""The verbs: what each does to an item, what it refuses, and that twice is once."""

import pytest

from barqia import desk
from barqia.desk.words import Slot, Words
from barqia.errors import InputError, NotAllowed, Stale, WrongState
from barqia.staff.models import User
from barqia.wire.models import AuditEntry, Dispatch, Newsroom, Release, Revision

pytestmark = pytest.mark.usefixtures("newsroom", "english")
WORDS = Words("عنوان", "دمشق-برقية\nقال سامي الحلبي إن السوق مفتوح.\n")
SLOT = Slot(("politics",), 3)


def _published() -> Dispatch:
    item = desk.save(None, WORDS, SLOT)
    desk.publish(None, item, 0)
    item.refresh_from_db()
    return item


def test_publish_makes_a_revision_with_its_reading_and_a_release() -> None:
    item = _published()
    assert (item.state, item.pubstatus, item.sequence) == ("published", "usable", 1)
    assert item.current is not None
    assert item.current.dateline_place == "دمشق"
    assert item.current.reading["statements"][0]["speaker"] == "سامي الحلبي"
    assert Release.objects.get().verb == "publish"


def test_the_same_verb_twice_is_once() -> None:
    item = desk.save(None, WORDS, SLOT)
    assert desk.publish(None, item, 0) == desk.publish(None, item, 0)
    item.refresh_from_db()
    words = Words("عنوان آخر", WORDS.text)
    assert desk.correct(None, item, 1, words) == desk.correct(None, item, 1, words)
    assert desk.kill(None, item, 2, "خطأ") == desk.kill(None, item, 2, "خطأ")
    assert Release.objects.count() == 3
    assert Revision.objects.count() == 2


def test_a_stale_verb_changes_nothing() -> None:
    item = _published()
    with pytest.raises(Stale):
        desk.kill(None, item, 0, "خطأ")
    item.refresh_from_db()
    assert item.state == "published"


def test_the_very_words_again_change_nothing_but_a_new_note_does() -> None:
    item = _published()
    assert desk.correct(None, item, 1, WORDS).verb == "publish"
    assert desk.correct(None, item, 1, WORDS, "تصويب الملاحظة").verb == "correct"


def test_the_very_words_do_not_correct_what_is_killed() -> None:
    item = _published()
    desk.kill(None, item, 1, "خطأ")
    with pytest.raises(WrongState):
        desk.correct(None, item, 2, WORDS)


def test_unpublish_again_is_once() -> None:
    item = _published()
    first = desk.unpublish(None, item, 1)
    item.refresh_from_db()
    assert desk.unpublish(None, item, item.sequence) == first


def test_a_draft_of_what_is_out_moves_no_section_before_it_is_corrected() -> None:
    item = _published()
    desk.save(None, Words("عنوان", "نص آخر"), Slot(("sport",), 1), item, 1)
    item.refresh_from_db()
    assert ([section.slug for section in item.sections.all()], item.urgency) == (["politics"], 3)
    desk.correct(None, item, 2, Words("عنوان", "نص آخر"), slot=Slot(("sport",), 1))
    item.refresh_from_db()
    assert ([section.slug for section in item.sections.all()], item.urgency) == (["sport"], 1)


@pytest.mark.parametrize("verb", ["correct", "unpublish", "publish"])
def test_a_killed_item_takes_no_verb(verb: str) -> None:
    item = _published()
    desk.kill(None, item, 1, "خطأ")
    calls = {
        "correct": lambda: desk.correct(None, item, 2, Words("آخر", WORDS.text)),
        "unpublish": lambda: desk.unpublish(None, item, 2),
        "publish": lambda: desk.publish(None, item, 2),
    }
    with pytest.raises(WrongState, match=f"{item.public_id}.*{verb}"):
        calls[verb]()


def test_a_correction_counts_and_keeps_its_note() -> None:
    item = _published()
    desk.correct(None, item, 1, Words("عنوان", WORDS.text.replace("مفتوح", "مغلق")), "السوق مغلق")
    item.refresh_from_db()
    assert (item.state, item.correction_sequence) == ("corrected", 1)
    assert item.current is not None
    assert item.current.correction_note == "السوق مغلق"


def test_an_unpublished_item_may_be_published_again() -> None:
    item = _published()
    desk.unpublish(None, item, 1)
    item.refresh_from_db()
    assert (item.state, item.pubstatus) == ("unpublished", "withheld")
    desk.publish(None, item, 2)
    item.refresh_from_db()
    assert item.state == "published"


def test_an_update_is_a_new_item_that_follows() -> None:
    item = _published()
    new = desk.update(None, item, 1)
    assert new.rewrite_of == item
    assert new.state == "draft"
    assert desk.update(None, item, 1) == new


def test_a_reporter_saves_and_does_not_publish() -> None:
    reporter = User.objects.create_user("r", password="long enough", role="reporter")
    item = desk.save(reporter, WORDS, SLOT)
    with pytest.raises(NotAllowed):
        desk.publish(reporter, item, 0)


@pytest.mark.parametrize(
    ("words", "slot"),
    [
        (Words("", "نص"), SLOT), (Words("ع", "  "), SLOT), (Words("ع", "a\0b"), SLOT), (Words("ع\nع", "نص"), SLOT),
        (WORDS, Slot(("nowhere",))), (WORDS, Slot(("politics",), 10)),
        (Words("ع", "كلمة " * 12_001), SLOT),
        (Words("ع", WORDS.text.encode().decode("windows-1256", "replace")), SLOT),
    ],
)  # fmt: skip
def test_what_cannot_be_a_dispatch_is_refused(words: Words, slot: Slot) -> None:
    with pytest.raises(InputError):
        desk.save(None, words, slot)
    assert not Dispatch.objects.exists()


def test_a_draft_may_lack_a_section_and_what_goes_out_may_not() -> None:
    item = desk.save(None, WORDS, Slot(()))
    with pytest.raises(InputError, match="section"):
        desk.publish(None, item, 0)
    desk.save(None, WORDS, SLOT, item, 0)
    desk.publish(None, item, 1)
    with pytest.raises(InputError, match="section"):
        desk.correct(None, item, 2, Words("عنوان", "نص"), slot=Slot(()))


def test_the_words_of_what_was_taken_down_do_not_come_back_as_an_update() -> None:
    item = _published()
    update = desk.update(None, item, 1)
    desk.takedown(None, item, 1, "قانون")
    with pytest.raises(WrongState, match="taken down"):
        desk.publish(None, update, 0)


def test_what_was_typed_on_before_the_first_answer_is_saved_too() -> None:
    first = desk.save(None, WORDS, SLOT, intake_key="desk:1")
    again = desk.save(None, Words("عنوان", "وزاد"), SLOT, intake_key="desk:1")
    assert (first.pk, again.draft.text) == (again.pk, "وزاد")


@pytest.mark.parametrize("field", ["headline", "byline", "ednote"])
def test_a_line_holds_no_control_character(field: str) -> None:
    with pytest.raises(InputError):
        desk.save(None, Words(**{"headline": "ع", "text": "نص", field: "س\x0bص"}), SLOT)


def test_an_english_dispatch_is_told_in_english() -> None:
    item = desk.save(None, Words("Bridge opens", "The bridge opened today, the mayor said."), SLOT)
    assert item.language == "en"


def test_a_kill_wants_a_reason() -> None:
    item = _published()
    with pytest.raises(InputError):
        desk.kill(None, item, 1, " ")


def test_every_verb_is_in_the_audit_trail(newsroom: Newsroom) -> None:
    item = _published()
    desk.takedown(None, item, 1, "قانون")
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == ["save", "publish", "takedown"]
