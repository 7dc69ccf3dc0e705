"""`fuzz` in its short form; `make fuzz N=1000000` makes it long (`BARQIA_FUZZ_RUNS`, `BARQIA_FUZZ_SEED`)."""

import logging
import os
from collections.abc import Iterator

import pytest

from barqia.delivery.models import Answer
from barqia.inbox import groups
from barqia.subscribers.models import Consent, Lane, Recipient
from inbox.fuzz import Fuzz, asked, check

RUNS = int(os.environ.get("BARQIA_FUZZ_RUNS", "1500"))
SEED = int(os.environ.get("BARQIA_FUZZ_SEED", "20261125"))


@pytest.fixture(autouse=True)
def _quietly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A million refusals are not for a log; and no provider is asked."""
    monkeypatch.setattr(groups, "_accepted", asked)
    logging.getLogger("barqia").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("barqia").setLevel(logging.NOTSET)


@pytest.mark.timeout(0 if "BARQIA_FUZZ_RUNS" in os.environ else 300)
def test_whatever_comes_in_nothing_breaks_and_nobody_is_subscribed_unasked(telegram: Lane, whatsapp: Lane) -> None:
    fuzz = Fuzz(SEED)
    fuzz.run(RUNS)
    print(f"\n{RUNS} bodies, seed {SEED}: {dict(sorted(fuzz.answered.items()))}")
    assert fuzz.answered[200] > RUNS / 3
    assert Recipient.objects.filter(status="active", kind="reader").count() > 5, "some did subscribe"


def test_the_check_sees_who_is_active_unasked_and_an_answer_without_its_delivery(
    telegram: Lane, whatsapp: Lane
) -> None:
    Fuzz(1).run(200)
    check()
    someone = Recipient.objects.filter(status="active", kind="reader").first()
    assert someone is not None
    Consent.objects.filter(reader_id=someone.reader_id).delete()
    with pytest.raises(AssertionError):
        check()
    someone.delete()
    check()
    Answer.objects.create(lane_id=telegram.pk, recipient_id=1, text="x", created_ms=1)
    with pytest.raises(AssertionError):
        check()
