"""Reading a dispatch: dateline, paragraphs, boilerplate, statements, names, topics. Pure."""

from barqia.reading.model import Dateline, Name, Reading, Span, Statement, Topic
from barqia.reading.reader import READER_VERSION, read

__all__ = ["READER_VERSION", "Dateline", "Name", "Reading", "Span", "Statement", "Topic", "read"]
