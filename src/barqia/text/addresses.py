"""Mail addresses: what a mail server takes and a header cannot be broken with."""

import re

# no quoted local parts, no address literals, no letters beyond ASCII: few have them, and not every server takes them
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
