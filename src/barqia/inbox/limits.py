"""How often something may be asked for: by an address, by a client. Kept as keyed hashes, for a day."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction

from barqia.inbox.models import Asked
from barqia.subscribers.vault import vault

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
# confirmations to one address in a day; forms from one client in an hour
PER_ADDRESS, PER_CLIENT = 3, 10


def may_mail(lane_id: int, address: str, now_ms: int) -> bool:
    """Whether this address may be sent one more message it did not prove to want."""
    return _may(f"mail {lane_id} {address}", PER_ADDRESS, DAY_MS, now_ms)


def may_ask(client: str, now_ms: int) -> bool:
    """Whether this client may send one more form. Of IPv6 a client has a network of 64 bits."""
    try:
        ip = ip_address(client)
    except ValueError:
        return _may("client", PER_CLIENT, HOUR_MS, now_ms)
    shown = str(ip_network((ip, 64), strict=False)) if isinstance(ip, IPv6Address) else str(ip)
    return _may(f"client {shown}", PER_CLIENT, HOUR_MS, now_ms)


@transaction.atomic
def _may(who: str, most: int, within_ms: int, now_ms: int) -> bool:
    asked = vault().find(who)
    Asked.objects.filter(at_ms__lt=now_ms - DAY_MS).delete()
    if Asked.objects.filter(who=asked, at_ms__gt=now_ms - within_ms).count() >= most:
        return False
    Asked.objects.create(who=asked, at_ms=now_ms)
    return True
