"""Plan one mailing with nothing else going on; prints {"seconds", "cpu_seconds", "slices": [ms, …], "rows"}."""

import json
import time

from barqia.project.boot import ready

ready()

from barqia import desk  # noqa: E402 - after django.setup
from barqia.delivery.clock import now_ms  # noqa: E402 - as above
from barqia.delivery.models import Delivery  # noqa: E402 - as above
from barqia.delivery.planning import plan  # noqa: E402 - as above
from barqia.desk.words import Slot, Words  # noqa: E402 - as above
from delivering.newsroom import HEADLINE, TEXT  # noqa: E402 - as above


def main() -> None:
    item = desk.save(None, Words(HEADLINE, TEXT), Slot(("politics",)))
    desk.publish(None, item, item.sequence)
    plan.start(now_ms())
    slices, times, began, cpu = plan.Slices(), [], time.perf_counter(), time.process_time()
    while True:
        start = time.perf_counter()
        if plan.plan_slice(slices.size, now_ms(), slices.pages) is None:
            break
        times.append((time.perf_counter() - start) * 1000)
        slices.took(times[-1])
    told = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu, "slices": times}
    print(json.dumps(told | {"rows": Delivery.objects.count()}))


if __name__ == "__main__":
    main()
