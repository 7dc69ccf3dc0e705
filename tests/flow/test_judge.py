"""The judge of the soak, over logs that are made up: each broken promise is caught, and what is promised is let pass."""

from collections import Counter

import pytest

from flow.judge import Judge, told
from flow.record import KILL, Act, Began, Kill, Left, Owed, Record

A, B = "700000001", "963900000001"
NO_KILL_MS, KILL_MS = 900, 1000


@pytest.fixture
def record() -> Record:
    """Item 1 to a reader on Telegram and one on WhatsApp, whose lane sends a flash in doubt again; A wrote as well."""
    return Record(
        acts=[act(A, "Q0110", "m1"), act(B, "Q0110", "w1"), Act(50, A, "send", 0, 0, "answer", "m2")],
        told={"w1"},
        newest={1: 0},
        owed=[owed(1, A), owed(2, B, lane="whatsapp", urgency=1), owed(3, A, item=0, urgency=1)],
        began=[Began(10, 1), Began(11, 2), Began(12, 3)],
        steady={A, B},
        said=Counter([A]),
        resending={"whatsapp"},
    )


def act(to: str, code: str, message: str, at_ms: int = 40, answered: bool = True, revision: int = 0) -> Act:
    return Act(at_ms, to, "send", 1, revision, code, message, answered)


def owed(
    delivery: int, to: str, state: str = "delivered", lane: str = "telegram", item: int = 1, **more: object
) -> Owed:
    return Owed(**{"id": delivery, "to": to, "lane": lane, "item": item, "revision": 0, "state": state, **more})  # type: ignore[arg-type]


def killed(*deliveries: int, lane: str = "whatsapp", at_ms: int = KILL_MS) -> Kill:
    return Kill(at_ms, at_ms + 10, "all", dict.fromkeys(deliveries, lane))


def complaints(record: Record) -> str:
    return "\n".join(Judge(record).verdict().complaints)


def change(record: Record, delivery: int, **what: object) -> None:
    record.owed = [one._replace(**what) if one.id == delivery else one for one in record.owed]  # type: ignore[arg-type]


def test_all_is_well(record: Record) -> None:
    verdict = Judge(record).verdict()
    assert (verdict.complaints, verdict.lost, verdict.repeated, verdict.unknown) == ([], 0, 0, 0)
    assert told(verdict, "SQLite", []) == "SQLite: 0 kills (); lost 0, repeated 0, unknown 0"


def test_a_lost_one(record: Record) -> None:
    del record.acts[0]
    assert Judge(record).verdict().lost == 1
    assert "lost: " in complaints(record)


def test_a_lost_part(record: Record) -> None:
    change(record, 1, parts=2)
    assert "lost: " in complaints(record)


def test_a_lost_answer(record: Record) -> None:
    del record.acts[2]
    assert "lost: " in complaints(record)


def test_a_lost_correction(record: Record) -> None:
    record.newest = {1: 1}
    assert f"{A} has no revision 1" in complaints(record)


def test_a_kill_that_did_not_reach_who_has_it(record: Record) -> None:
    record.newest = {1: KILL}
    change(record, 1, state="skipped", reason="superseded")
    record.owed += [owed(4, A, "skipped", reason="never_sent", revision=KILL), owed(5, B, revision=KILL)]
    record.acts += [act(B, "Q0110", "w2", revision=KILL)]
    record.began += [Began(13, 5)]
    assert f"{A} has no revision {KILL}" in complaints(record)
    del record.acts[0]
    assert not complaints(record), "it may leave out those to whom nothing went"


@pytest.mark.parametrize(
    ("state", "reason"), [("planned", ""), ("failed", "provider"), ("skipped", "superseded"), ("skipped", "expired")]
)
def test_a_delivery_that_ends_as_none_may(record: Record, state: str, reason: str) -> None:
    change(record, 1, state=state, reason=reason)
    assert complaints(record)


def test_two_deliveries_of_one_release(record: Record) -> None:
    record.owed += [owed(4, A)]
    assert "two deliveries" in complaints(record)


def test_a_doubled_one(record: Record) -> None:
    record.acts += [act(A, "Q0110", "m3", 60)]
    record.began += [Began(13, 1)]
    assert "repeated where nothing is sent again" in complaints(record)


def _doubled(record: Record, second_ms: int = KILL_MS + 500, first_answered: bool = True) -> None:
    record.acts[1] = act(B, "Q0110", "w1", 990, first_answered)
    record.acts += [act(B, "Q0110", "w2", second_ms)]
    record.began += [Began(13, 2)]
    change(record, 2, sent_twice=True)


def test_a_doubled_one_whose_call_was_under_way_at_a_kill(record: Record) -> None:
    _doubled(record)
    record.kills = [killed(2)]
    verdict = Judge(record).verdict()
    assert (verdict.complaints, verdict.repeated) == ([], 2)


def test_a_doubled_one_whose_answer_was_lost(record: Record) -> None:
    _doubled(record, first_answered=False)
    record.troubled = {(B, 1, 0)}
    assert not complaints(record)


def test_a_doubled_one_that_is_not_marked(record: Record) -> None:
    _doubled(record)
    record.kills = [killed(2)]
    change(record, 2, sent_twice=False)
    assert "repeated and not marked" in complaints(record)


def test_a_doubled_one_that_no_kill_touched(record: Record) -> None:
    _doubled(record)
    record.kills = [killed(1), killed(2, at_ms=NO_KILL_MS), killed(2, at_ms=KILL_MS + 600)]
    assert "nothing was killed" in complaints(record)


def test_a_doubled_one_that_is_no_flash(record: Record) -> None:
    _doubled(record)
    record.kills = [killed(2)]
    change(record, 2, urgency=5)
    assert "repeated where nothing is sent again" in complaints(record)


def test_a_doubled_answer(record: Record) -> None:
    record.acts += [Act(60, A, "send", 0, 0, "answer", "m3")]
    record.began += [Began(13, 3)]
    assert "repeated where nothing is sent again" in complaints(record)


def test_a_call_without_an_intent(record: Record) -> None:
    _doubled(record)
    record.kills = [killed(2)]
    record.began.pop()
    assert "2 messages of 1 intents" in complaints(record)


@pytest.mark.parametrize("alone", [True, False])
def test_more_in_doubt_than_can_be_under_way(record: Record, alone: bool) -> None:
    readers = [f"9639{number:08}" for number in range(100, 121)]
    record.owed += [owed(100 + place, to, "unknown", "whatsapp") for place, to in enumerate(readers)]
    record.kills, record.alone = [killed(*range(100, 121)), killed(*range(100, 121), at_ms=2000)], alone
    assert "21 in doubt by the kill at 1000 on whatsapp" in complaints(record)
    assert ("21 calls were under way on whatsapp" in complaints(record)) is alone
    record.kills = [killed(*range(100, 120)), killed(*range(101, 121), at_ms=2000)]
    assert not complaints(record)


def test_in_doubt_for_no_reason(record: Record) -> None:
    change(record, 1, state="unknown", reason="sender_died")
    assert "in doubt for no reason" in complaints(record)
    record.troubled = {(A, 1, 0)}
    assert "in doubt for no reason" in complaints(record), "no kill was it"
    record.troubled = set()
    change(record, 1, reason="cut")
    assert "in doubt for no reason" in complaints(record)
    record.troubled = {(A, 1, 0)}
    assert not complaints(record)


def test_unknown_though_a_status_told(record: Record) -> None:
    change(record, 2, state="unknown", reason="sender_died")
    record.kills = [killed(2)]
    assert "a status told of it" in complaints(record)
    record.told = set()
    assert not complaints(record)


def test_a_message_after_an_opt_out(record: Record) -> None:
    record.left = [Left(A, "unsubscribed", 9)]
    record.leavers = [A]
    assert f"{A} left and was sent something new" in complaints(record)
    record.left = [Left(A, "unsubscribed", 10)]
    assert not complaints(record), "the intent was committed before the word was"
    record.left = [Left(A, "unsubscribed", 8), Left(A, "active", 9)]
    assert not complaints(record), "who came back is a reader"


def test_a_word_without_effect_or_answer(record: Record) -> None:
    record.leavers = [A]
    assert f"{A} wrote to leave" in complaints(record)
    record.said[B] += 1
    assert f"1 words of {B} have 0 answers" in complaints(record)


def test_an_older_revision_after_a_newer(record: Record) -> None:
    record.newest = {1: 1}
    record.owed += [owed(4, A, revision=1), owed(5, B, revision=1, lane="whatsapp")]
    record.acts = [act(A, "Q0111", "m3", 30, revision=1), *record.acts, act(B, "Q0111", "w2", 60, revision=1)]
    record.began += [Began(13, 4), Began(14, 5)]
    assert "older after newer" in complaints(record)
    record.acts.sort(key=lambda one: one.revision)
    assert not complaints(record)
    record.began = [*record.began[1:], Began(15, 1)]
    assert "begun after revision 1" in complaints(record)
