"""Flows that wait for a person: in their process, or without one."""

from prefect import flow, pause_flow_run, suspend_flow_run, task
from prefect.input import RunInput


class Approval(RunInput):
    approve: bool
    note: str = "none"


@flow(log_prints=True)
def asking() -> str:
    answer = pause_flow_run(wait_for_input=Approval, timeout=300, poll_interval=1)
    print(f"approved: {answer.approve}, note: {answer.note}")
    return answer.note


@task
def first() -> int:
    return 1


@flow(log_prints=True, persist_result=True)
def suspending() -> None:
    first()
    suspend_flow_run(timeout=300, key="once")
    print("going on")
