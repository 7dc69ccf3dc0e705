"""Reading a dispatch: dateline, paragraphs, boilerplate, statements, names, topics. Pure."""

from barqia.reading.model import Dateline, Name, Reading, Span, Statement, Topic
from barqia.reading.reader import READER_VERSION, read, suggest_sections
from barqia.reading.topics import Suggestion, topic_label

__all__ = [
    "READER_VERSION",
    "Dateline",
    "Name",
    "Reading",
    "Span",
    "Statement",
    "Suggestion",
    "Topic",
    "read",
    "suggest_sections",
    "topic_label",
]
