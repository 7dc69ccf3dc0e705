"""A call on the wire and what became of it: HTTP and SMTP through libcurl."""
