"""The demo's `barqia run`, as a child of the demo."""

import argparse
import sys

from barqia.project.boot import ready
from barqia.project.children import end_with_parent
from barqia.project.supervisor import supervise


def main() -> int:
    parser = argparse.ArgumentParser("barqia.project.demo.serve")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    end_with_parent()
    ready()
    supervise("127.0.0.1", given.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
