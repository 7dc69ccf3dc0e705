"""The verbs of the desk: one file and one transaction each."""

from barqia.desk.correct import correct
from barqia.desk.kill import kill
from barqia.desk.publish import publish
from barqia.desk.review import review
from barqia.desk.save import save
from barqia.desk.takedown import takedown
from barqia.desk.test import test
from barqia.desk.unpublish import unpublish
from barqia.desk.update import update

__all__ = ["correct", "kill", "publish", "review", "save", "takedown", "test", "unpublish", "update"]
