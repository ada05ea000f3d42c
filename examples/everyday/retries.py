"""A flow and a task that fail at first: both are tried again in the same container."""

from prefect import flow, task
from prefect.runtime import flow_run, task_run


@task(retries=1, retry_delay_seconds=0.2)
def second_time_lucky() -> str:
    if task_run.run_count < 2:
        raise RuntimeError("not yet")
    return "done"


@flow(retries=1, retry_delay_seconds=1)
def persistent() -> str:
    if flow_run.run_count < 2:
        raise RuntimeError("the first run of this flow always fails")
    return second_time_lucky()
