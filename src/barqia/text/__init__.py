"""Arabic text: normalised for comparing, with every offset kept; tokens, stems, digits, quotation marks."""

from barqia.text.encoding import misread
from barqia.text.normal import Folded, fold, key
from barqia.text.quotes import Quote, quotes

__all__ = ["Folded", "Quote", "fold", "key", "misread", "quotes"]
