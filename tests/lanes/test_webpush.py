"""Web push: who signs, what only the reader's browser opens, and the headers that push services act on."""

import json
import time
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from barqia.delivery.lane import Address, Call, Calls
from barqia.delivery.push import PushAddress, decoded, encoded, is_allowed, new_key, public_key
from barqia.lanes.webpush import WebPush
from barqia.lanes.webpush.encryption import MOST_PLAIN, encrypt, sealed_with
from barqia.lanes.webpush.vapid import authorization
from barqia.rendering import Act, Story
from barqia.rendering.story import Picture
from lanes.contract import HOUR_MS, NOW
from lanes.push_phone import PushPhone
from lanes.tables.webpush import ITEM, KEY, TABLE, phone

KIND = WebPush()


def call(story: Story = ITEM, act: Act = Act.SEND, **more: Any) -> Call:
    made = KIND.render(TABLE.job(act, story, **more), TABLE.lane(KIND))
    assert isinstance(made, Calls)
    return made.calls[0]


def _key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(text)), ec.SECP256R1())


def test_the_example_of_rfc_8291() -> None:
    browser = PushPhone(
        _key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), decoded("BTBZMqHH6r4Tts7J_aSIgg"), "https://push.example"
    )
    plain = b"When I grow up, I want to be a watermelon"
    own, salt = _key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), decoded("DGv6ra1nlYgDCS1FRnbzlw")
    sealed = sealed_with(plain, browser.address, own, salt)
    assert encoded(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.open(sealed) == plain


def test_no_two_messages_have_a_salt_or_a_key_in_common_and_the_longest_fits() -> None:
    to = phone(1)
    sealed = [encrypt(b"x" * MOST_PLAIN, to.address, KEY, tag) for tag in range(50)]
    assert len({one[:16] for one in sealed}) == len({one[21:86] for one in sealed}) == 50
    assert {len(one) for one in sealed} == {4096}
    assert encrypt(b"x", to.address, KEY, 1) != encrypt(b"x", to.address, new_key(), 1)


def test_the_token_is_verified_by_another_library() -> None:
    now = int(time.time() * 1000)
    scheme, token, key = authorization(KEY, "mailto:desk@wire.example", "https://fcm.googleapis.com/x/y", now).split()
    assert (scheme, key) == ("vapid", f"k={public_key(KEY)}")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key.removeprefix("k=")))
    claims = jwt.decode(
        token.removeprefix("t=").rstrip(","), public, algorithms=["ES256"], audience="https://fcm.googleapis.com"
    )
    assert claims["sub"] == "mailto:desk@wire.example"
    assert 6 * 3600 - 1 <= claims["exp"] - now // 1000 <= 24 * 3600


def test_a_push_service_is_told_how_long_how_urgently_and_what_it_replaces() -> None:
    headers = call(expires_ms=NOW + HOUR_MS).headers
    assert (headers["ttl"], headers["urgency"], headers["topic"]) == ("3600", "normal", "bcdfghjk")
    assert headers["content-encoding"] == "aes128gcm"
    assert call(expires_ms=NOW - 1).headers["ttl"] == "0"
    assert call(expires_ms=NOW + 90 * 24 * HOUR_MS).headers["ttl"] == str(28 * 24 * 3600)
    assert call(replace(ITEM, urgency=1)).headers["urgency"] == "high"
    assert call(replace(ITEM, urgency=9)).headers["urgency"] == "very-low"
    assert call(replace(ITEM, urgency=9, note="خطأ"), Act.KILL).headers["urgency"] == "high"
    assert call(replace(ITEM, test=True)).headers["topic"] == "test-bcdfghjk"


@pytest.mark.parametrize("letter", ["ك", "x", "🙂", '"'])
def test_a_long_dispatch_is_cut_after_a_word_and_fits(letter: str) -> None:
    word = letter * 7 + " "
    long = replace(ITEM, headline=word * 40, paragraphs=(word * 2000,), note=word * 200)
    for act in Act:
        made = call(long, act)
        said = json.loads(phone(1).open(made.body))
        assert len(made.body) <= 4096
        assert said["body"].endswith(f"{letter}…")


def test_a_picture_is_shown_and_goes_with_a_kill() -> None:
    shown = replace(ITEM, picture=Picture("1", "https://wire.example/d/1/1.jpg"), note="خطأ")
    for act in Act:
        said = json.loads(phone(1).open(call(shown, act).body))
        assert said.get("image") == (shown.picture.url if act in {Act.SEND, Act.CORRECT} else None)


def test_a_text_of_control_characters_fits_too() -> None:
    made = call(replace(ITEM, headline="\x01" * 300, paragraphs=("x\x01" * 2000,)))
    assert len(json.loads(phone(1).open(made.body))["body"]) <= 400


def test_an_address_that_a_site_of_this_machine_would_be_is_not_called() -> None:
    assert call().public_only
    own = PushPhone.numbered(1, "http://127.0.0.1:9/x").address.write()
    assert not call(to=Address(own)).public_only


ALLOWED = [
    "https://fcm.googleapis.com/fcm/send/a:b",
    "https://updates.push.services.mozilla.com/wpush/v2/x",
    "https://web.push.apple.com/x",
    "https://wns2-par02p.notify.windows.com/w/?token=x",
    "https://push.house.example/x",
    "http://127.0.0.1:9/x",
]
REFUSED = [
    "http://fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evil.example/fcm.googleapis.com",
    "https://fcm.googleapis.com@evil.example/",
    "https://fcm.googleapis.com:8443/x",
    "https://notify.windows.com/x",
    "https://127.0.0.1/x",
    "http://127.0.0.1:10/x",
    "https://fcm.googleapis.com/" + "x" * 1000,
    "https://fcm.googleapis.com/\r\nx",
    "javascript:alert(1)",
    "https://[::1",
    "",
]


def test_only_push_services_are_endpoints() -> None:
    own = "push.house.example http://127.0.0.1:9"
    assert [one for one in ALLOWED if not is_allowed(one, own)] == []
    assert [one for one in REFUSED if is_allowed(one, own)] == []
    assert not is_allowed(ALLOWED[4], "")


def _given(**changed: object) -> dict[str, object]:
    keys = {"p256dh": encoded(phone(1).public), "auth": encoded(b"a" * 16)}
    return {"endpoint": ALLOWED[0], "expirationTime": None, "keys": keys, **changed}


def test_what_a_browser_gives() -> None:
    address = PushAddress.of_browser(_given(), "")
    assert PushAddress.read(address.write()) == address
    assert "fcm" not in repr(address)


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {},
        _given(keys=None),
        _given(keys={"p256dh": encoded(phone(1).public)}),
        _given(keys={"p256dh": encoded(phone(1).public), "auth": "c2hvcnQ"}),
        _given(keys={"p256dh": encoded(b"\4" + b"x" * 64), "auth": encoded(b"a" * 16)}),
        _given(keys={"p256dh": "é", "auth": encoded(b"a" * 16)}),
        _given(endpoint=7),
        _given(endpoint=REFUSED[0]),
    ],
)
def test_what_is_no_subscription_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"not |point|key"):
        PushAddress.of_browser(given, "")


def test_a_contact_is_needed_and_is_one() -> None:
    assert "contact" in KIND.required
    for wrong in ("desk@wire.example", "mailto:", "mailto:desk", "https://", "http://wire.example"):
        with pytest.raises(ValueError, match="contact is"):
            KIND.terms({"contact": wrong})
    assert KIND.terms({"contact": "https://wire.example/about"})
