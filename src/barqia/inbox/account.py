"""What a provider says of the lane's own account: shown, and acted on. In the caller's transaction."""

from barqia.delivery.account import notices
from barqia.delivery.lane import Effect, Notice, Refused
from barqia.delivery.sending.outcomes import stop_lane
from barqia.subscribers.models import Lane
from barqia.wire.models import audit

# what the notices about a subject stop is told by: the slug that the provider's refusals have too
REASONS = {"account": "policy", "template": "template"}


def heed(lane: Lane, notice: Notice) -> str:
    """Returns the outcome's slug. Of two lanes on one account each is told, and acts for itself."""
    lane = Lane.objects.select_for_update(no_key=True).get(pk=lane.pk)
    reason = REASONS.get(notice.about, notice.about)
    lane.notices = {**lane.notices, notice.about: notice.said[:300]}
    if not notice.said:
        del lane.notices[notice.about]
    changed = {key: value for key, value in notice.settings.items() if lane.settings.get(key, "") != value}
    lane.settings = {**lane.settings, **changed}
    lane.save(update_fields=["notices", "settings"])
    audit(None, "lane_notice", lane=lane.pk, about=notice.about, said=notice.said[:300], settings=changed)
    refusal = Refused(reason, notice.said)
    if notice.effect is Effect.STOP_LANE:
        stop_lane(lane.pk, refusal)
    elif notice.effect is Effect.PAUSE_MAILING:
        notices.hold(lane.pk, refusal)
    if notice.over:
        notices.let_go_on(lane.pk, reason)
    return "notice"
