"""From a release to its mailing's deliveries: who is meant, in which order, in slices."""
