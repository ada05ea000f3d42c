"""A flow that calls others, one after the other and at the same time."""

import asyncio

from prefect import flow, task


@task
def double(x: int) -> int:
    return 2 * x


@task
async def square(x: int) -> int:
    return x * x


@flow
def doubled(x: int) -> int:
    return double(x)


@flow
async def squared(x: int) -> int:
    return await square(x)


@flow
async def sum_of(x: int = 3) -> int:
    first, second = await asyncio.gather(squared(x), squared(x + 1))
    return doubled(x) + first + second
