"""«تابع سيرغي لافروف»: news that names a person, asked for and left with one word."""

from barqia.inbox.menus import menu, which
from barqia.inbox.said import Said, activate
from barqia.inbox.wording import Wordings
from barqia.subscribers import interests, persons
from barqia.subscribers.models import Consent, Interest, Recipient

# as many lines as the smallest menu has
MOST = 10


def follow(words_said: str, recipient: Recipient, words: Wordings) -> Said:
    """Follow the one person who is named so. Of several the reader chooses, and one whom no dispatch names nobody
    can follow: nothing changes then. It adds to what the reader gets, and a stranger it subscribes."""
    found = persons.found(words_said)
    if not found:
        return Said(words.unknown_person(words_said), (words.choose, words.help_))
    if len(found) > 1:
        return which(found[:MOST], recipient, words, add=True)
    if recipient.status != Recipient.Status.ACTIVE:
        interests.forget_all(recipient)
    interests.follow(recipient, found[0])
    action = activate(recipient)
    new = action is Consent.Action.SUBSCRIBE
    text = words.follows(persons.name_of(found[0]), new=new, everything=interests.wants_everything(recipient))
    return Said(text, (words.choose, words.stop, words.help_), card=new, consent=action)


def unfollow(words_said: str, recipient: Recipient, words: Wordings) -> Said:
    """Leave the person who is followed and named so; what else the reader gets is shown."""
    followed = interests.persons_of(recipient)
    found = [words_said] if words_said in followed else [one for one in followed if f" {words_said} " in f" {one} "]
    if not found:
        return Said(words.not_followed(words_said), (words.choose, words.help_))
    if len(found) > 1:
        return which(found[:MOST], recipient, words, add=False)
    interests.leave(recipient, Interest.Kind.PERSON, found[0])
    return menu(recipient, words, Consent.Action.CHANGE)
