"""Flows that hold a slot of a limit until the variable of that name says that they may let go."""

import itertools
import time

from prefect import flow
from prefect.concurrency import _leases
from prefect.concurrency.sync import concurrency
from prefect.variables import Variable

# The client renews after three quarters of a lease, and no lease is shorter than a minute: here every second.
_leases._RENEWAL_FRACTION = 0.02
_renew, _renewals = _leases._renew_concurrency_lease_with_retries, itertools.count(1)


def _telling(*given) -> bool:
    renewed = _renew(*given)
    print(f"renewal {next(_renewals)}: {renewed}")
    return renewed


_leases._renew_concurrency_lease_with_retries = _telling


@flow(log_prints=True)
def holding(limit: str) -> None:
    with concurrency(limit, occupy=1, strict=True, lease_duration=60):
        print(f"holding {limit}")
        while not Variable.get(limit):
            time.sleep(0.3)
    print(f"let go of {limit}")
