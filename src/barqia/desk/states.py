"""Which verb an item's state allows. One table; a verb not in it is refused by name."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from barqia.errors import WrongState
from barqia.wire.models import Dispatch, State

BEFORE = frozenset({State.DRAFT, State.IN_PROGRESS, State.SCHEDULED})
OUT = frozenset({State.PUBLISHED, State.CORRECTED})

ALLOWED: dict[str, frozenset[State]] = {
    "save": BEFORE | OUT | {State.UNPUBLISHED},
    "test": BEFORE | OUT | {State.UNPUBLISHED},
    "publish": BEFORE | {State.UNPUBLISHED},
    "correct": OUT,
    "kill": OUT | {State.UNPUBLISHED},
    "takedown": OUT | {State.UNPUBLISHED},
    "unpublish": OUT,
    "update": OUT,
    "review": BEFORE | OUT | {State.UNPUBLISHED},
}


NAMES: dict[str, str | Promise] = {
    "save": gettext_lazy("save"),
    "test": gettext_lazy("test send"),
    "publish": gettext_lazy("publish"),
    "correct": gettext_lazy("correct"),
    "kill": gettext_lazy("kill"),
    "takedown": gettext_lazy("take down"),
    "unpublish": gettext_lazy("unpublish"),
    "update": gettext_lazy("update"),
    "review": gettext_lazy("review the reading"),
    "deliveries": gettext_lazy("deliveries"),
}


def verbs_for(dispatch: Dispatch) -> tuple[str, ...]:
    """The verbs this item's state allows, in the order of the design's table."""
    return tuple(verb for verb, states in ALLOWED.items() if dispatch.state in states)


def require(dispatch: Dispatch, verb: str) -> None:
    """Raise WrongState unless the item's state has the verb."""
    if dispatch.state not in ALLOWED[verb]:
        raise WrongState(
            _("Item %(item)s is %(state)s: it cannot take the verb “%(verb)s”. It can take: %(verbs)s.")
            % {
                "item": dispatch.public_id,
                "state": State(dispatch.state).label,
                "verb": NAMES[verb],
                "verbs": _(", ").join(str(NAMES[other]) for other in verbs_for(dispatch)) or _("nothing"),
            }
        )
