"""SMTP transactions as calls."""

from barqia.delivery.lane import Call, Envelope, LaneConfig
from barqia.lanes.email.terms import PORTS, security


def url(lane: LaneConfig) -> str:
    """The path is the name said in EHLO: the list's domain."""
    kind = security(lane.settings)
    scheme = "smtps" if kind == "tls" else "smtp"
    port = lane.settings.get("port") or PORTS[kind]
    return f"{scheme}://{lane.settings['host']}:{port}/{lane.settings['address'].rpartition('@')[2]}"


def transaction(lane: LaneConfig, sender: str, recipient: str, message: bytes) -> Call:
    """One message to one recipient; without a recipient it asks whether the server answers."""
    mail = Envelope(
        sender=sender,
        recipient=recipient,
        starttls=security(lane.settings) == "starttls",
        username=lane.secrets.get("username", ""),
        password=lane.secrets.get("password", ""),
    )
    return Call(part=0, op="send", method="POST", url=url(lane), headers={}, body=message, mail=mail)


def question(lane: LaneConfig) -> Call:
    return transaction(lane, "", "", b"")
