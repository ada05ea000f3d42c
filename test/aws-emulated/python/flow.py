"""The flows of the tests: three task runs and a log line; one that never ends by itself."""

import os
import time
from pathlib import Path

from prefect import flow, get_run_logger, task


@task
def double(number: int) -> int:
    return 2 * number


@flow
def doubles(numbers: list[int] = [1, 2, 3]) -> int:
    total = sum(double(number) for number in numbers)
    get_run_logger().info("The total is %s", total)
    return total


@flow
def endless() -> None:
    Path(os.environ["STARTED"]).touch()
    executor = os.getppid()
    while os.getppid() == executor:
        time.sleep(0.2)
    os._exit(1)  # whoever executed it is gone, and nobody reports anything
