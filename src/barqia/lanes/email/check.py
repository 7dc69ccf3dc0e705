"""What `lane check` asks, and the DKIM record that belongs to the lane's key; nothing is looked up."""

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from barqia.delivery.lane import Call, CheckLine, LaneConfig, Reply
from barqia.lanes.email.calls import question
from barqia.lanes.email.message import pem
from barqia.lanes.email.terms import security

LONGEST_STRING = 250


def check_calls(lane: LaneConfig) -> tuple[tuple[str, Call], ...]:
    calls = [("server", question(lane))]
    if lane.settings.get("dkim_selector"):
        calls.append(("DKIM", question(lane)))
    return tuple(calls)


def check_line(what: str, lane: LaneConfig, reply: Reply) -> CheckLine:
    if what == "DKIM":
        return _dkim(lane)
    said = reply.body.decode("utf-8", "replace")
    if reply.status >= 400:
        return CheckLine(what, False, f"{reply.status} {said}")
    how = {"starttls": "STARTTLS", "tls": "TLS", "none": "on this machine, in the clear"}[security(lane.settings)]
    who = "logged in" if lane.secrets.get("username") else "without a login"
    return CheckLine(what, True, f"answers, {how}, {who}")


def _dkim(lane: LaneConfig) -> CheckLine:
    """The record to publish, made from the key."""
    try:
        public = load_pem_private_key(pem(lane.secrets.get("dkim_key", "")), None).public_key()
    except ValueError:
        return CheckLine("DKIM", False, "the secret DKIM_KEY is no private key: `barqia lane secret` gives it")
    lines = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().splitlines()[1:-1]
    value = f"v=DKIM1; k=rsa; p={''.join(lines)}"
    strings = " ".join(f'"{value[at : at + LONGEST_STRING]}"' for at in range(0, len(value), LONGEST_STRING))
    domain = lane.settings["address"].rpartition("@")[2]
    return CheckLine("DKIM", True, f"publish {lane.settings['dkim_selector']}._domainkey.{domain} TXT {strings}")
