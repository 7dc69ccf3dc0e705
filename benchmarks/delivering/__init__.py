"""The parts of `benchmarks/delivery.py`: a provider's stub, a newsroom, rivals, and the figures drawn from them."""
