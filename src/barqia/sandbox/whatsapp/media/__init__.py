"""Files: uploaded, sent by phones, fetched from links; each with its life."""
