"""Flows that end badly, each in a way of its own."""

import os
import time

from prefect import flow, task


@flow
def failing() -> None:
    raise ValueError("the numbers do not add up")


@flow(log_prints=True)
def crashing() -> None:
    print("the last thing said")
    time.sleep(0.5)
    os._exit(3)


@flow(log_prints=True)
def sleeping(seconds: int = 120) -> None:
    print("asleep now")
    time.sleep(seconds)


@task
def before(x: int) -> int:
    return x


@task
def wordy(characters: int) -> None:
    raise RuntimeError("x" * characters)


@task
def after(x: int) -> int:
    return x


@flow
def too_many_words(characters: int = 200_000) -> None:
    before(1)
    wordy(characters, return_state=True)
    for x in range(3):
        after(x)


@flow(log_prints=True)
def with_number(n: int) -> None:
    print(n)
