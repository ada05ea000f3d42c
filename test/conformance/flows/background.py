"""Background tasks: `python background.py serve` runs a worker with one place, `delay …` sends runs and prints their ids,
`ask …` waits for the result of one."""

import sys
import time
from pathlib import Path

from prefect import task
from prefect.task_worker import serve


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def wait_for(file: str) -> str:
    while not Path(file).exists():
        time.sleep(0.1)
    return file


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            serve(add, wait_for, limit=1)
        case ["delay", *pairs]:
            for pair in pairs:
                a, b = pair.split("+")
                print(add.delay(int(a), int(b)).task_run_id)
        case ["delay-wait", *files]:
            for file in files:
                print(wait_for.delay(file).task_run_id)
        case ["ask", a, b]:
            print("result:", add.delay(int(a), int(b)).result(timeout=120))
