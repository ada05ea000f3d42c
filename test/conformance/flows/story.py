"""A story that Prefect's engine plays against whatever server it is given: `story.py runs | hangs | holds`. Names say what happens."""

import signal
import sys
import time

from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.concurrency import _leases
from prefect.concurrency.sync import concurrency
from prefect.context import get_run_context
from prefect.states import Cancelled, Cancelling, Paused

LIMIT = "zz-limit"


@task
def double(x: int) -> int:
    return 2 * x


@task(retries=1)
def breaks_once(seen: list[int] = []) -> int:
    seen.append(1)
    if len(seen) == 1:
        raise ValueError("once")
    return 1


@flow(flow_run_name="zz-good")
def good() -> int:
    return double(1) + breaks_once()


@flow(flow_run_name="zz-child")
def child() -> None:
    double(2)


@flow(flow_run_name="zz-parent")
def parent() -> None:
    child()


@flow(flow_run_name="zz-failing")
def failing() -> None:
    double(1)
    raise ValueError("the numbers do not add up")


@flow(flow_run_name="zz-retried", retries=1, retry_delay_seconds=0)
def retried() -> None:
    if get_run_context().flow_run.run_count == 1:
        raise ValueError("not yet")


@flow(flow_run_name="zz-crashing")
def crashing() -> None:
    raise SystemExit(3)


def set_own_state(*states) -> None:
    with get_client(sync_client=True) as client:
        for state in states:
            client.set_flow_run_state(get_run_context().flow_run.id, state, force=False)


@flow(flow_run_name="zz-cancelled")
def cancelled() -> None:
    set_own_state(Cancelling(), Cancelled())


@flow(flow_run_name="zz-paused")
def paused() -> None:
    """Nobody resumes it."""
    set_own_state(Paused(timeout_seconds=1))
    with get_client(sync_client=True) as client:
        while client.read_flow_run(get_run_context().flow_run.id).state.is_paused():
            time.sleep(0.5)


@flow(flow_run_name="zz-limited")
def limited() -> None:
    with concurrency(LIMIT, occupy=1, strict=True):
        pass


@flow(flow_run_name="zz-lost")
def lost() -> None:
    """Somebody gives its lease back while it works: it may not go on."""
    renew = _leases._renew_concurrency_lease_with_retries

    def renew_what_is_lost(client, lease_id, *others):
        client.release_concurrency_slots_with_lease(lease_id)
        return renew(client, lease_id, *others)

    _leases._renew_concurrency_lease_with_retries = renew_what_is_lost
    _leases._RENEWAL_RETRY_BASE_DELAY = _leases._RENEWAL_RETRY_MAX_DELAY = 0.1
    try:
        with concurrency(LIMIT, occupy=1, strict=True, lease_duration=60):
            for _ in range(600):  # what ends it comes between two instructions of Python
                time.sleep(0.1)
    finally:
        _leases._renew_concurrency_lease_with_retries = renew


@flow(flow_run_name="zz-zombie")
def hangs() -> None:
    print("here", flush=True)
    time.sleep(600)


@flow(flow_run_name="zz-holder")
def holds() -> None:
    with concurrency(LIMIT, occupy=1, strict=True, lease_duration=60):
        print("here", flush=True)
        time.sleep(600)


@flow(flow_run_name="zz-waiter")
def waits() -> None:
    with concurrency(LIMIT, occupy=1, strict=True):
        pass


PARTS = {
    "runs": [good, parent, failing, retried, crashing, cancelled, paused, limited, lost],
    "hangs": [hangs],
    "holds": [holds],
    "waits": [waits],
}

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for play in PARTS[sys.argv[1]]:
        try:
            play()
        except BaseException as error:  # what becomes of the run is what the story is about
            print(play.name, type(error).__name__, flush=True)
