"""Every failure answers three questions: is it tried again, whose fault is it, and what is an editor told?"""

import json

import pytest
from django.utils import translation

from barqia.delivery.lane import (
    Call,
    Effect,
    LaneKind,
    Outcome,
    Refused,
    Reply,
    Throttled,
    Transient,
    Unclear,
)
from barqia.lanes.telegram import Telegram
from barqia.lanes.whatsapp import WhatsApp
from barqia.newsroom.templatetags.desk_words import reason_name

SENDS = Call(0, "send", "POST", "https://x", {}, b"")
EDITS = Call(0, "edit", "POST", "https://x", {}, b"", provider_id="7")
YES, NO, BY_HAND, NOBODY_KNOWS = "yes", "no", "when a person acts", "nobody knows whether it went"
A_FEW_TIMES, ANOTHER_WAY = "a few times", "as a template, where there is one"
READER, LANE, MAILING, OURS, PROVIDER = "this reader", "this lane", "this mailing", "us", "the provider"


def _telegram(status: int, description: str, **parameters: object) -> Reply:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return Reply(status, {}, json.dumps(body).encode())


def _whatsapp(status: int, code: int) -> Reply:
    return Reply(status, {}, json.dumps({"error": {"code": code, "message": "x"}}).encode())


def _again_and_whose(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Throttled(whole_lane=whole):
            return YES, LANE if whole else READER
        case Transient(tries=tries):
            return A_FEW_TIMES if tries else YES, PROVIDER
        case Unclear():
            return NOBODY_KNOWS, PROVIDER
        case Refused(effect=Effect.STOP_LANE):
            return BY_HAND, LANE
        case Refused(effect=Effect.PAUSE_MAILING):
            return BY_HAND, MAILING
        case Refused(effect=Effect.WINDOW_CLOSED):
            return ANOTHER_WAY, READER
        case Refused(reason="our_fault"):
            return NO, OURS
        case Refused():
            return NO, READER
    raise AssertionError(outcome)


def _slug(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Refused | Throttled | Transient) else "unknown"


T, W = Telegram(), WhatsApp()
TABLE: list[tuple[LaneKind, Call, Reply, str, str, str]] = [
    (T, SENDS, _telegram(429, "Too Many Requests: retry after 9", retry_after=9), YES, LANE, "throttled"),
    (T, SENDS, Reply(429, {"retry-after": "3"}, b"slow down"), YES, LANE, "throttled"),
    (T, SENDS, _telegram(401, "Unauthorized"), BY_HAND, LANE, "identity"),
    (T, SENDS, _telegram(404, "Not Found"), BY_HAND, LANE, "identity"),
    (T, SENDS, _telegram(400, "Logged out"), BY_HAND, LANE, "identity"),
    (T, SENDS, _telegram(403, "Forbidden: bot was blocked by the user"), NO, READER, "blocked"),
    (T, SENDS, _telegram(403, "Forbidden: user is deactivated"), NO, READER, "deactivated"),
    (T, SENDS, _telegram(403, "Forbidden: bot can't initiate conversation with a user"), NO, READER, "never_started"),
    (T, SENDS, _telegram(403, "Forbidden: the bot can't send messages to the bot"), NO, READER, "a_bot"),
    (T, SENDS, _telegram(403, "Forbidden: bot was kicked from the channel chat"), NO, READER, "no_access"),
    (T, SENDS, _telegram(400, "Bad Request: need administrator rights in the channel chat"), NO, READER, "no_access"),
    (T, SENDS, _telegram(400, "Bad Request: chat not found"), NO, READER, "no_such_chat"),
    (T, SENDS, _telegram(400, "Bad Request: can't parse entities: Unclosed start tag"), NO, OURS, "our_fault"),
    (T, SENDS, _telegram(400, "Bad Request: message is too long"), NO, OURS, "our_fault"),
    (T, SENDS, _telegram(413, "Request Entity Too Large: too many parameters"), NO, OURS, "our_fault"),
    (T, EDITS, _telegram(400, "Bad Request: message to edit not found"), NO, READER, "message_gone"),
    (T, SENDS, _telegram(429, "Too Many Requests: retry after 18053"), YES, LANE, "throttled"),
    (
        T,
        SENDS,
        _telegram(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1007),
        YES,
        READER,
        "throttled",
    ),
    *[
        (T, SENDS, _telegram(400, f"Bad Request: {said}"), NO, READER, "no_such_chat")
        for said in (
            "private chat not found",
            "group chat was upgraded to a supergroup chat",
            "PEER_ID_INVALID",
        )
    ],
    *[
        (T, SENDS, _telegram(403, f"Forbidden: {said}"), NO, READER, "no_access")
        for said in (
            "bot was kicked from the group chat",
            "bot was kicked from the supergroup chat",
            "bot is not a member of the group chat",
            "bot is not a member of the supergroup chat",
            "bot is not a member of the channel chat",
            "the group chat was deleted",
        )
    ],
    *[
        (T, SENDS, _telegram(400, f"Bad Request: {said}"), NO, READER, "no_access")
        for said in (
            "have no write access to the chat",
            "not enough rights to send text messages to the chat",
            "not enough rights to send photos to the chat",
            "CHAT_WRITE_FORBIDDEN",
            "TOPIC_CLOSED",
        )
    ],
    *[
        (T, SENDS, _telegram(400, f"Bad Request: {said}"), NO, OURS, "our_fault")
        for said in (
            "chat_id is empty",
            "message text is empty",
            "text must be non-empty",
            "text is too long",
            "message caption is too long",
            "strings must be encoded in UTF-8",
            "unsupported parse_mode",
            "ENTITIES_TOO_LONG",
            "message identifier is not specified",
            "message identifiers are not specified",
            "too many message identifiers specified",
            "message to be replied not found",
            "there is no photo in the request",
            "can't parse InputMedia: media not found",
            "there are no messages to send",
            "too many messages to send as an album",
            'type "animation" can\'t be used in sendMediaGroup',
            "audio can't be mixed with other media types",
            "parameter show_caption_above_media must be the same for all messages",
            "object expected as reply markup",
            "can't parse reply keyboard markup JSON object",
            "reply markup is too long",
            "BUTTON_DATA_INVALID",
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            "inline keyboard button URL 'x' is invalid: Wrong HTTP URL",
            "JSON object expected",
        )
    ],
    *[
        (T, SENDS, _telegram(400, f"Bad Request: {said}"), NO, READER, "media")
        for said in (
            "wrong file identifier/HTTP URL specified",
            "wrong file_id or the file is temporarily unavailable",
            "file is too big",
            "failed to get HTTP URL content",
            "wrong type of the web page content",
            "wrong HTTP URL specified",
            "can't upload file by URL",
            "PHOTO_INVALID_DIMENSIONS",
        )
    ],
    *[
        (T, EDITS, _telegram(400, f"Bad Request: {said}"), NO, READER, "not_editable")
        for said in (
            "message can't be edited",
            "message can't be deleted",
            "message can't be deleted for everyone",
        )
    ],
    (T, EDITS, _telegram(400, "Bad Request: there is no text in the message to edit"), NO, OURS, "our_fault"),
    (T, SENDS, _telegram(500, "Internal Server Error: restart"), NOBODY_KNOWS, PROVIDER, "unknown"),
    (T, EDITS, _telegram(500, "Internal Server Error: restart"), YES, PROVIDER, "provider_error"),
    (T, SENDS, Reply(502, {}, b"<html>"), NOBODY_KNOWS, PROVIDER, "unknown"),
    *[(W, SENDS, _whatsapp(401, code), BY_HAND, LANE, "identity") for code in (0, 190)],
    *[(W, SENDS, _whatsapp(403, code), BY_HAND, LANE, "permission") for code in (3, 10, 200, 299, 131005, 131063)],
    *[(W, SENDS, _whatsapp(403, code), BY_HAND, LANE, "policy") for code in (368, 131031)],
    *[
        (W, SENDS, _whatsapp(400, code), BY_HAND, LANE, "registration")
        for code in (33, 131045, 133000, 133005, 133010, 133015)
    ],
    (W, SENDS, _whatsapp(400, 131042), BY_HAND, LANE, "payment"),
    *[(W, SENDS, _whatsapp(400, code), YES, LANE, "throttled") for code in (130429, 4, 80007, 131057, 2494100, 133016)],
    (W, SENDS, Reply(429, {}, b"slow down"), YES, LANE, "throttled"),
    (W, SENDS, _whatsapp(400, 131056), YES, READER, "throttled"),
    (W, SENDS, _whatsapp(400, 131049), YES, READER, "capped"),
    (W, SENDS, _whatsapp(400, 131048), BY_HAND, MAILING, "spam_limit"),
    *[
        (W, SENDS, _whatsapp(404, code), BY_HAND, MAILING, "template")
        for code in (131055, 131064, 132000, 132001, 132015, 132016, 132018, 132068, 132069, 134100, 134102)
    ],
    *[(W, SENDS, _whatsapp(400, code), BY_HAND, MAILING, "template_text") for code in (132005, 132007, 132012)],
    *[(W, SENDS, _whatsapp(400, code), NO, OURS, "our_fault") for code in (100, 131008, 131009, 135000)],
    (W, SENDS, _whatsapp(400, 131026), NO, READER, "undeliverable"),
    (W, SENDS, _whatsapp(400, 130472), NO, READER, "experiment"),
    (W, SENDS, _whatsapp(400, 131047), ANOTHER_WAY, READER, "window_closed"),
    (W, SENDS, _whatsapp(400, 131051), NO, READER, "unsupported"),
    (W, SENDS, _whatsapp(400, 131021), NO, READER, "own_number"),
    (W, SENDS, _whatsapp(400, 131030), NO, READER, "not_in_test_list"),
    (W, SENDS, _whatsapp(400, 131037), NO, READER, "display_name"),
    (W, SENDS, _whatsapp(400, 137000), NO, READER, "identity_key"),
    (W, SENDS, _whatsapp(400, 131062), NO, READER, "user_id_unusable"),
    (W, SENDS, _whatsapp(400, 131050), NO, READER, "stopped_marketing"),
    (W, SENDS, _whatsapp(400, 130403), NO, READER, "blocked_by_us"),
    (W, SENDS, _whatsapp(403, 130497), NO, READER, "country"),
    (W, SENDS, _whatsapp(400, 131052), NO, READER, "media"),
    *[(W, SENDS, _whatsapp(500, code), YES, PROVIDER, "provider_error") for code in (1, 2, 131000, 131016, 133004)],
    (W, SENDS, _whatsapp(400, 131053), A_FEW_TIMES, PROVIDER, "media"),
    (W, SENDS, _whatsapp(401, 999999), BY_HAND, LANE, "identity"),
    (W, SENDS, _whatsapp(403, 999999), BY_HAND, LANE, "permission"),
    (W, SENDS, _whatsapp(400, 999999), NO, READER, "refused"),
    (W, SENDS, _whatsapp(503, 999999), YES, PROVIDER, "provider_error"),
    (W, SENDS, Reply(200, {}, b"{}"), NOBODY_KNOWS, PROVIDER, "unknown"),
    (W, SENDS, Reply(502, {}, b"<html>"), NOBODY_KNOWS, PROVIDER, "unknown"),
]


@pytest.mark.parametrize(("kind", "call", "reply", "again", "whose", "told"), TABLE)
def test_a_failure_says_what_is_done_and_whose_it_is(
    kind: LaneKind, call: Call, reply: Reply, again: str, whose: str, told: str
) -> None:
    outcome = kind.outcome(call, reply)
    assert (_again_and_whose(outcome), _slug(outcome)) == ((again, whose), told)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_editor_reads_it_in_words(language: str) -> None:
    slugs = {"removed"} | {told for *_rest, told in TABLE if told != "unknown"}
    slugs |= {"no_answer", "timeout", "cut", "garbage", "too_large", "unreadable_reply", "http_502"}
    with translation.override(language):
        said = {slug: reason_name(slug) for slug in slugs}
    assert not [slug for slug, words in said.items() if words == slug]
    if language == "ar":
        assert not [words for words in said.values() if words[0] < "\u0600"]
