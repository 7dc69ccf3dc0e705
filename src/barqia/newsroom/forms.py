"""What an editor types."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from barqia.desk.words import LONGEST_CAPTION, LONGEST_CREDIT, LONGEST_HEADLINE, Illustration, Slot, Words
from barqia.errors import InputError
from barqia.wire.intake import clean, split_headline
from barqia.wire.models import Dispatch, Draft, Section
from barqia.wire.pictures import store

URGENCIES = [
    (1, _("1 — flash")),
    (2, "2"),
    (3, "3"),
    (4, "4"),
    (5, _("5 — normal")),
    (6, "6"),
    (7, "7"),
    (8, "8"),
    (9, "9"),
]


PICTURES_OWN = frozenset({"picture", "picture_remove", "picture_caption", "picture_credit"})


def with_headline(headline: str, text: str) -> tuple[str, str]:
    """(headline, text) as they are filed: where no headline is typed, the text's own first line or sentence."""
    headline = headline.strip()
    return (headline, text) if headline or not text.strip() else split_headline(text)


class DispatchForm(forms.Form):
    """The words and the slot of an item. What was typed stays, whatever happens."""

    headline = forms.CharField(
        label=_("Headline"), max_length=LONGEST_HEADLINE, required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 16, "spellcheck": "true", "autofocus": True}),
    )
    byline = forms.CharField(
        label=_("Byline"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    sections = forms.MultipleChoiceField(label=_("Sections"), required=False, widget=forms.CheckboxSelectMultiple)
    urgency = forms.TypedChoiceField(label=_("Urgency"), choices=URGENCIES, coerce=int, initial=5)
    ednote = forms.CharField(
        label=_("Note to editors"), max_length=500, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    picture_file = forms.FileField(
        label=_("Picture"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "aria-label": _("Picture")}),
    )  # fmt: skip
    picture = forms.SlugField(required=False, widget=forms.HiddenInput)
    picture_remove = forms.BooleanField(label=_("Without this picture"), required=False)
    picture_caption = forms.CharField(
        label=_("What the picture shows"), max_length=LONGEST_CAPTION, required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    picture_credit = forms.CharField(
        label=_("Whose the picture is"), max_length=LONGEST_CREDIT, required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(s.slug, s.name_en if language == "en" else s.name_ar) for s in Section.objects.all()]
        field = self.fields["sections"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    def shown(self) -> Iterator[forms.BoundField]:
        """The fields one by one; what belongs to the picture stands within its own."""
        return (field for field in self if field.name not in PICTURES_OWN)

    def words(self) -> Words:
        """Raises InputError where the text is none."""
        given = self.cleaned_data
        headline, text = with_headline(given["headline"], clean(given["text"], str(_("The text"))))
        return Words(headline, text, given["byline"].strip(), given["ednote"].strip(), self._picture())

    def clean(self) -> dict[str, Any]:
        """A file that came is stored at once, so that a refused page still has it."""
        given: dict[str, Any] = self.cleaned_data
        file = given.get("picture_file")
        if file is None and not given.get("picture_remove"):
            return given
        try:
            digest = store(file.read(), file.name).pk if file else ""
        except InputError as error:
            self.add_error("picture_file", str(error))
            return given
        assert isinstance(self.data, QueryDict)
        shown = self.data.copy()
        given["picture"] = shown["picture"] = digest
        self.data = shown
        return given

    def _picture(self) -> Illustration | None:
        given = self.cleaned_data
        if not given["picture"]:
            return None
        return Illustration(given["picture"], given["picture_caption"].strip(), given["picture_credit"].strip())

    def slot(self) -> Slot:
        return Slot(tuple(self.cleaned_data["sections"]), self.cleaned_data["urgency"])


class CorrectionForm(DispatchForm):
    note = forms.CharField(
        label=_("What was wrong, for readers"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


def initial_of(item: Dispatch) -> dict[str, Any]:
    """The saved draft, else the standing revision."""
    copy = Draft.objects.filter(dispatch=item).first() or item.current
    words = Words.of(copy).fields() if copy else {}
    words["picture"] = words.pop("picture_id", None)
    return {**words, "sections": list(item.sections.values_list("slug", flat=True)), "urgency": item.urgency}
