"""One message to a push service (RFC 8030)."""

from barqia.delivery.lane import Call, Job, LaneConfig
from barqia.delivery.push import PushAddress
from barqia.lanes.webpush.encryption import encrypt
from barqia.lanes.webpush.notice import ENDINGS, notice_of, tag_of
from barqia.lanes.webpush.vapid import authorization
from barqia.rendering import Story
from barqia.rendering.record import Record

# how long a push service may keep it at most, and while nobody says how long it is news
LONGEST_SECONDS, USUAL_SECONDS = 28 * 24 * 3600, 24 * 3600
# how important, by urgency 1 to 9: whether a phone is woken for it
URGENCY = ("high", "high", "normal", "normal", "normal", "low", "low", "very-low", "very-low")


def push(job: Job, story: Story, record: Record, lane: LaneConfig) -> Call:
    to = PushAddress.read(job.to.address or "")
    key = lane.secrets["vapid_key"]
    return Call(
        part=0,
        op="send",
        method="POST",
        url=to.endpoint,
        headers={
            "authorization": authorization(key, lane.settings["contact"], to.endpoint, job.now_ms),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(_seconds(job)),
            "urgency": "high" if job.act in ENDINGS else URGENCY[story.urgency - 1],
            "topic": tag_of(story, record),
        },
        body=encrypt(notice_of(story, job.act), to, key, job.tag),
        public_only=to.endpoint.startswith("https://"),
    )


def _seconds(job: Job) -> int:
    if job.expires_ms is None:
        return USUAL_SECONDS
    return max(0, min(LONGEST_SECONDS, (job.expires_ms - job.now_ms) // 1000))
