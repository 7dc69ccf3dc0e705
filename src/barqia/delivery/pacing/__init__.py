"""When a lane and a recipient may be sent something. No I/O but for the quota, which is kept in the database."""
