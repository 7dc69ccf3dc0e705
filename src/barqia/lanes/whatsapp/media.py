"""Pictures uploaded to the Cloud API before messages name them: nothing is fetched from the site then."""

import json
from dataclasses import replace
from hashlib import sha256

from barqia.delivery.lane import Call, LaneConfig, Reply
from barqia.lanes.whatsapp.calls import graph

DAY_MS = 24 * 3600 * 1000


class Media:
    """A number's media; Meta keeps an upload for 30 days."""

    kept_ms = 29 * DAY_MS

    def upload(self, lane: LaneConfig, jpeg: bytes) -> Call:
        call = graph(lane, "POST", f"{lane.settings['phone_number_id']}/media")
        boundary = sha256(jpeg).hexdigest()
        headers = {**call.headers, "content-type": f"multipart/form-data; boundary={boundary}"}
        return replace(call, headers=headers, body=_form(boundary.encode(), jpeg))

    def media_id(self, reply: Reply) -> str | None:
        try:
            found = json.loads(reply.body).get("id") if reply.status == 200 else None
        except (ValueError, AttributeError):
            return None
        return str(found) if found else None


def _form(boundary: bytes, jpeg: bytes) -> bytes:
    fields = [
        (b'name="messaging_product"', b"", b"whatsapp"),
        (b'name="type"', b"", b"image/jpeg"),
        (b'name="file"; filename="picture.jpg"', b"\r\nContent-Type: image/jpeg", jpeg),
    ]
    head = b"Content-Disposition: form-data; "
    parts = [b"--%b\r\n%b%b%b\r\n\r\n%b\r\n" % (boundary, head, name, more, value) for name, more, value in fields]
    return b"".join(parts) + b"--%b--\r\n" % boundary
