"""What others would send the same messages with, each a process of its own, given URL, COUNT and CONCURRENCY.

Each prints {"seconds", "cpu_seconds", "sent"}; start-up and what comes before the first message is not counted.
"""
