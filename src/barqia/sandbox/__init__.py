"""A local Telegram Bot API and WhatsApp Cloud API, with phones to hold. It imports nothing of Barqia.

What the two providers do is written down from their sources and documentation; every answer here has the
shape, the status and the words of theirs. State lives in memory, the request log in a file.
"""
