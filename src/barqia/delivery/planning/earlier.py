"""The releases of an item that carried its text: who has one of them is followed, and who has the very words is not."""

from uuid import UUID

from django.db.models import QuerySet

from barqia.wire.models import Copy, Release, Verb


def earlier_texts(dispatch_id: UUID, before: int | None = None) -> QuerySet[Release]:
    """Those before the release of that id; of an item whose next release is only thought of, all."""
    texts = Release.objects.filter(dispatch_id=dispatch_id, verb__in=[Verb.PUBLISH, Verb.CORRECT])
    return texts if before is None else texts.filter(pk__lt=before)


def with_words(texts: QuerySet[Release], copy: Copy) -> list[int]:
    """The ids of those whose words, and whose picture with its lines, are the copy's."""
    shown = ("headline", "text", "byline", "picture_id", "picture_caption", "picture_credit")
    same = texts.filter(**{f"revision__{name}": getattr(copy, name) for name in shown})
    return list(same.values_list("pk", flat=True))
