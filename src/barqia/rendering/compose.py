"""What a message says: the words around a story, in Arabic and in English."""

from dataclasses import dataclass

from barqia.rendering.parts import Block, Run
from barqia.rendering.story import Act, Story

FLASH = 1


@dataclass(frozen=True, slots=True)
class Wording:
    """The wire's own words in one language."""

    flash: str
    test: str
    correction: str
    corrected: str
    kill: str
    kill_advice: str
    takedown: str
    reason: str
    removed: str
    picture: str
    read_on: str
    follow: str


ARABIC = Wording(
    flash="عاجل",
    test="تجربة",
    correction="تصويب",
    corrected="صوّبنا هذه البرقية بعد نشرها.",
    kill="إلغاء برقية",
    kill_advice="نرجو عدم نشرها أو تداولها.",
    takedown="حُجبت برقية سبق نشرها، ونرجو عدم تداولها.",
    reason="السبب",
    removed="حُذف هذا الجزء في التصويب.",
    picture="الصورة",
    read_on="التتمة",
    follow="تابعونا",
)
ENGLISH = Wording(
    flash="FLASH",
    test="TEST",
    correction="Correction",
    corrected="This dispatch was corrected after it was published.",
    kill="Dispatch killed",
    kill_advice="Please do not publish it or pass it on.",
    takedown="A published dispatch was taken down; please do not pass it on.",
    reason="Reason",
    removed="This part was removed by the correction.",
    picture="Picture",
    read_on="Read on",
    follow="Follow us",
)


def wording(language: str) -> Wording:
    return ENGLISH if language == "en" else ARABIC


def headline_of(story: Story, act: Act) -> str:
    """The story in one line, with its mark: what a template carries, and the first line of a message."""
    words = wording(story.language)
    if act is Act.KILL:
        return f"{words.kill}: {story.headline}"
    if act is Act.TAKEDOWN:
        return words.takedown
    mark = words.correction if act is Act.CORRECT else words.flash if story.urgency == FLASH else ""
    return " | ".join(filter(None, (words.test if story.test else "", mark, story.headline)))


def blocks_of(story: Story, act: Act, *, read_on: bool = False) -> list[Block]:
    """The message's blocks: headline, note, text with its dateline, byline, address, footer.

    `read_on` says of the address that the text goes on there.
    """
    if act in {Act.KILL, Act.TAKEDOWN}:
        return _ending(story, act)
    words = wording(story.language)
    blocks: list[Block] = [(Run(headline_of(story, act), bold=True),)]
    if act is Act.CORRECT:
        blocks.append((Run(f"{words.correction}: ", bold=True), Run(story.note or words.corrected)))
    blocks += _text(story)
    if story.byline:
        blocks.append((Run(story.byline),))
    shown = " — ".join(filter(None, [story.picture.caption, story.picture.credit])) if story.picture else ""
    if shown:
        blocks.append((Run(f"{words.picture}: {shown}"),))
    blocks.append((Run(f"{words.read_on}: "), Run(story.link)) if read_on else (Run(story.link),))
    if story.follow:
        lines = "\n".join(story.follow)
        blocks.append((Run(f"{words.follow} — {story.agency}\n"), Run(lines)))
    return blocks


def _text(story: Story) -> list[Block]:
    if not story.dateline or not story.paragraphs:
        return [(Run(paragraph),) for paragraph in story.paragraphs]
    first: Block = (Run(story.dateline, bold=True), Run(f" — {story.paragraphs[0]}"))
    return [first, *[(Run(paragraph),) for paragraph in story.paragraphs[1:]]]


def _ending(story: Story, act: Act) -> list[Block]:
    """A kill names the item, so that it can be recalled; a takedown does not repeat a word of it."""
    words = wording(story.language)
    reason: Block = (Run(f"{words.reason}: ", bold=True), Run(story.note))
    if act is Act.TAKEDOWN:
        return [(Run(words.takedown, bold=True),), reason]
    return [(Run(headline_of(story, act), bold=True),), reason, (Run(words.kill_advice),)]
