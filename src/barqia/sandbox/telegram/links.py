"""What the server finds in a text by itself, as its own parser does: links, addresses, mentions, tags and commands."""

import re
import unicodedata
from collections.abc import Iterator

from barqia.sandbox.telegram.entities import Entity, order

# endings that are taken for a domain without a protocol before them; the server's list has all there are, and not the
# one that is nobody's (RFC 2606)
ENDING = re.compile(
    "com|org|net|info|news|edu|gov|int|io|me|tv|co|dev|app|biz|mil|mobi|name|pro|xyz|online|site|shop|blog|media|press|"
    "live|world|today|agency|photography|sy|ye|eg|sa|ae|qa|kw|iq|om|ma|bh|jo|lb|dz|tn|ly|sd|mr|ps|so|dj|km|ir|tr|ru|ua|"
    "uk|de|fr|eu|es|it|nl|be|ch|at|se|no|dk|fi|pl|cz|gr|pt|ie|us|ca|mx|br|ar|cl|au|nz|in|pk|bd|cn|jp|kr|hk|sg|my|id|th|"
    "vn|ph|za|ng|ke|gh|et|example"
)
LETTER = r"[^\W_]"
MENTION = re.compile(r"(?<!\w)@([A-Za-z0-9_]{2,32})(?!\w)")
SHORT_NAMES = frozenset({"gif", "vid", "pic", "bing", "wiki", "imdb", "bold", "vote", "like", "coub"})
AT = "@[A-Za-z0-9_]{3,32}+"
TAG = "[\\w\u200c\u00b7]"
COMMAND = re.compile(rf"(?<![\w/<>])/(?>[A-Za-z0-9_]{{1,64}}(?:{AT}|(?!@)))(?![\w/<>])")
HASHTAG = re.compile(rf"(?<!{TAG})#({TAG}{{1,256}}+)(?>{AT}(?!#)|(?!{AT})(?!{TAG}*#))")
CASHTAG = re.compile(rf"(?<![$\w\u200c])\$(?:1INCH|[A-Z]{{1,8}}+)(?>{AT}(?![\w$])|(?!{AT})(?![$\w\u200c]))")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+(?<![.])@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,8}")
PROTOCOL = re.compile(r"(https?|ftp)://\Z", re.IGNORECASE)
BAD_ENDS = ".:;,('?!`"
NO_USER = frozenset("\n/[]{}()'`<>\"@«»")
NO_PATH = frozenset('\n<>"«»')
BRACKETS = {")": "(", "]": "[", "}": "{"}
MOST_PORT, LABEL = 65_535, 64


def automatic(text: str, taken: list[Entity]) -> list[Entity]:
    """Of those that overlap the one that begins first; nothing within a link or code that the sender has set."""
    solid = [one for one in taken if one.kind in {"text_link", "text_mention", "code", "pre"}]
    found: list[Entity] = []
    for one in sorted([*_marked(text), *_addresses(text)], key=order):
        if found and one.start < found[-1].end:
            continue
        found.append(one)
    return [one for one in found if not any(e.start < one.end and one.start < e.end for e in solid)]


def _marked(text: str) -> Iterator[Entity]:
    for match in MENTION.finditer(text):
        if len(match[1]) >= 4 or match[1].lower() in SHORT_NAMES:
            yield Entity("mention", *match.span())
    for match in HASHTAG.finditer(text):
        if re.search(LETTER, re.sub(r"\d", "", match[1])):
            yield Entity("hashtag", *match.span())
    for match in CASHTAG.finditer(text):
        yield Entity("cashtag", *match.span())
    for match in COMMAND.finditer(text):
        yield Entity("bot_command", *match.span())


def _addresses(text: str) -> Iterator[Entity]:
    """Around each dot: as far as a domain goes, then port and path."""
    begin = 0
    while 0 <= (dot := text.find(".", begin)) < len(text) - 1:
        if text[dot + 1] == ".":
            begin = dot + 1
            continue
        start, end, bad = _around(text, begin, dot)
        if bad:
            while text[end - 1] != ".":
                end -= 1
        elif end > dot + 1:
            yield from _judged(text, start, end)
            while text[end : end + 1] == ".":
                end += 1
        begin = max(end, dot + 1)


def _around(text: str, begin: int, dot: int) -> tuple[int, int, bool]:
    """Where the address around this dot begins and ends, and whether what stands before it forbids it."""
    start, at_sign = dot, -1
    while start > begin:
        c = text[start - 1]
        if c == "@" and at_sign < 0:
            at_sign = start - 1
        elif not (_in_user(c) if at_sign >= 0 else _in_domain(c)):
            break
        start -= 1
    end = dot
    while end < len(text) and (_in_domain(text[end]) or text[end] == "@"):
        if text[end] == "@":
            at_sign = end
        end += 1
    if text.find("@", dot, end) >= 0:
        while start > begin and _in_user(text[start - 1]):
            start -= 1
    domain_end = end
    end = _path(text, _port(text, end))
    while end > dot + 1 and text[end - 1] == ".":
        end -= 1
    if text[start] == "@" or text.count("@", start, domain_end) > 1:
        return start, end, True
    protocol = PROTOCOL.search(text, begin, start)
    return protocol.start() if protocol else start, end, _forbidden(text, begin, start)


def _forbidden(text: str, begin: int, start: int) -> bool:
    before = text[begin:start]
    if before.endswith("://"):
        return PROTOCOL.search(before) is None
    return bool(before) and (before[-1].isalnum() or before[-1] in "_/#@")


def _port(text: str, end: int) -> int:
    match = re.compile(r":0*([0-9]{1,5})(?![0-9])").match(text, end)
    return match.end() if match and 0 < int(match[1]) <= MOST_PORT else end


def _path(text: str, end: int) -> int:
    if text[end : end + 1] not in {"/", "?", "#"}:
        return end
    stop = end + 1
    while stop < len(text) and text[stop] not in NO_PATH and _is_plain(text[stop]):
        stop += 1
    while stop > end and text[stop - 1] in BAD_ENDS:
        stop -= 1
    return stop if text[end] == "/" or stop > end + 1 else end


def _is_plain(c: str) -> bool:
    """Neither a blank nor one of the marks that only lay out a text."""
    if "\u2000" <= c <= "\u206f":
        return c in "\u200c\u200d" or "\u2010" <= c <= "\u2015"
    return not c.isspace() and not unicodedata.category(c).startswith("Z")


def _in_domain(c: str) -> bool:
    return _is_plain(c) if c >= "\u00c0" else (c.isalnum() and c.isascii()) or c in "._-~"


def _in_user(c: str) -> bool:
    return c not in NO_USER and _is_plain(c)


def _judged(text: str, start: int, end: int) -> Iterator[Entity]:
    if EMAIL.fullmatch(text, start, end):
        yield Entity("email", start, end)
        return
    protocol = re.compile(r"(?:https?|ftp)://", re.IGNORECASE).match(text, start, end)
    rest = protocol.end() if protocol else start
    domain_end = min((at for c in "/?#" if (at := text.find(c, rest, end)) >= 0), default=end)
    if not _is_domain(text[rest:domain_end].rpartition("@")[2].partition(":")[0], known=bool(protocol)):
        return
    yield Entity("url", start, _balanced(text, domain_end, end))


def _balanced(text: str, path: int, end: int) -> int:
    """The path up to a bracket that nothing in it opened."""
    opened = dict.fromkeys(BRACKETS.values(), 0)
    stop = path
    while stop < end:
        c = text[stop]
        if c in opened:
            opened[c] += 1
        elif c in BRACKETS:
            opened[BRACKETS[c]] -= 1
            if opened[BRACKETS[c]] < 0:
                break
        stop += 1
    while stop > path and text[stop - 1] in BAD_ENDS:
        stop -= 1
    return stop


def _is_domain(domain: str, *, known: bool) -> bool:
    """`known`: by a protocol before it; any other must have an ending that is one."""
    labels = domain.split(".")
    if len(labels) < 2 or any(not one or len(one.encode()) >= LABEL or one.endswith("-") for one in labels):
        return False
    if all(one.isascii() and one.isdigit() for one in labels):
        return len(labels) == 4 and all(int(one) < 256 and (one == "0" or one[0] != "0") for one in labels)
    ending = labels[-1].lower()
    if len(ending) < 2 or (not ending.startswith("xn--") and {"_", "-"} & {*ending}) or "_" in labels[-2]:
        return False
    return known or ENDING.fullmatch(ending) is not None or ending.startswith("xn--")
