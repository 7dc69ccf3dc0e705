"""Several machines: NATS JetStream says who holds a lane and who plans; the database says what is to be sent.

`address` and `shares` need nothing; the others need the client of NATS, which is an optional dependency.
"""
