"""The model behind `scale_sim.py`, and the real sender that it is fitted to and compared with."""
