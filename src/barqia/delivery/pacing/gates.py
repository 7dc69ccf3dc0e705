"""What one recipient may be sent, and when. No I/O, no clock. A gate that a lane does not have costs nothing.

Of what a gate lets through at once some is kept for what is urgent: a flash or a kill does not wait behind the
routine news of the same minute.
"""

from collections import OrderedDict, deque

CROWD = ("group", "channel")
KEPT_OF_A_BURST, KEPT_OF_A_CROWD = 9, 10


class Intervals:
    """One message in so long to each recipient; a `burst` goes at once and is then paid off.

    Forgets those who owe nothing.
    """

    def __init__(self, interval_ms: int, burst: int = 1) -> None:
        self._interval = interval_ms
        self._credit = (burst - 1) * interval_ms
        self._kept = burst // KEPT_OF_A_BURST * interval_ms
        # until when each one's messages are paid off
        self._paid: OrderedDict[int, int] = OrderedDict()

    def free_at(self, recipient: int, urgent: bool = False) -> int:
        paid = self._paid.get(recipient)
        if paid is None:
            return 0
        return paid - self._credit + (0 if urgent else self._kept)

    def sent(self, recipient: int, at_ms: int) -> None:
        if not self._interval:
            return
        paid = self._paid
        paid[recipient] = max(paid.get(recipient, 0), at_ms) + self._interval
        paid.move_to_end(recipient)
        while paid and next(iter(paid.values())) <= at_ms:
            paid.popitem(last=False)

    def shift(self, back_ms: int) -> None:
        """The clock was set back by so much."""
        for recipient in self._paid:
            self._paid[recipient] -= back_ms


class Windows:
    """To each recipient at most `most` in any `window_ms`. Keeps the last of each: groups are few."""

    def __init__(self, most: int, window_ms: int) -> None:
        self._most, self._window = most, window_ms
        self._kept = most // KEPT_OF_A_CROWD
        self._times: dict[int, deque[int]] = {}

    def free_at(self, recipient: int, urgent: bool = False) -> int:
        times = self._times.get(recipient)
        most = self._most if urgent else self._most - self._kept
        return times[-most] + self._window if times and len(times) >= most else 0

    def sent(self, recipient: int, at_ms: int) -> None:
        self._times.setdefault(recipient, deque(maxlen=self._most)).append(at_ms)

    def shift(self, back_ms: int) -> None:
        """The clock was set back by so much."""
        for recipient, times in self._times.items():
            self._times[recipient] = deque((at - back_ms for at in times), maxlen=self._most)


class Gates:
    """A lane's gates: an interval with a burst for all, and `crowd` (most, window in ms) for groups and channels.

    A new holder tells it what was `sent` in the `burst_ms` and, to a crowd, in the `crowd_ms` before.
    """

    def __init__(self, interval_ms: int, burst: int = 1, crowd: tuple[int, int] | None = None) -> None:
        self.burst_ms = interval_ms * burst
        self.crowd_ms = crowd[1] if crowd else 0
        self._intervals = Intervals(interval_ms, burst)
        self._windows = Windows(*crowd) if crowd else None
        self._now_ms = 0

    def free_at(self, recipient: int, kind: str, now_ms: int, urgent: bool = False) -> int:
        """When this recipient may be sent to; not later than now where that is now."""
        self._pass(now_ms)
        free_at = self._intervals.free_at(recipient, urgent)
        if self._windows and kind in CROWD:
            return max(free_at, self._windows.free_at(recipient, urgent))
        return free_at

    def sent(self, recipient: int, kind: str, at_ms: int) -> None:
        self._pass(at_ms)
        self._intervals.sent(recipient, at_ms)
        if self._windows and kind in CROWD:
            self._windows.sent(recipient, at_ms)

    def _pass(self, now_ms: int) -> None:
        if now_ms < self._now_ms:
            self._intervals.shift(self._now_ms - now_ms)
            if self._windows:
                self._windows.shift(self._now_ms - now_ms)
        self._now_ms = now_ms
