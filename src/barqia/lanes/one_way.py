"""What lanes to which nobody writes have in common: no updates, no webhook, nothing billed, no pictures uploaded."""

from collections.abc import Callable, Mapping

from barqia.delivery.lane import Call, Challenge, CheckLine, Inbound, LaneConfig, Malformed, Reply


class OneWay:
    """The part of `LaneKind` that asks what comes in; each recipient has a server of its own."""

    makes: Mapping[str, Callable[[], str]] = {}
    window_ms: int | None = None
    edits_in_place = False
    media = None
    templates = None

    def tariff(self, settings: Mapping[str, str]) -> None:
        """Nothing is billed."""

    def probe(self, lane: LaneConfig) -> Call | None:  # noqa: ARG002 - the contract's
        return None

    def poll(self, lane: LaneConfig, offset: int) -> Call | None:  # noqa: ARG002 - the contract's
        return None

    def verify(self, lane: LaneConfig, headers: Mapping[str, str], body: bytes) -> bool:  # noqa: ARG002 - the contract's
        return False

    def challenge(self, lane: LaneConfig, query: Mapping[str, str]) -> Challenge:  # noqa: ARG002 - the contract's
        return Challenge(405, "nothing comes in over this lane")

    def parse(self, lane: LaneConfig, body: bytes) -> tuple[Inbound, ...]:  # noqa: ARG002 - the contract's
        raise Malformed("nothing comes in over this lane")

    def next_offset(self, body: bytes) -> int | None:  # noqa: ARG002 - the contract's
        return None

    def check_calls(self, lane: LaneConfig, webhook_url: str) -> tuple[tuple[str, Call], ...]:  # noqa: ARG002 - the contract's
        return ()

    def check_line(self, what: str, lane: LaneConfig, reply: Reply) -> CheckLine:  # noqa: ARG002 - the contract's
        return CheckLine(what, 200 <= reply.status < 300, f"HTTP {reply.status}")
