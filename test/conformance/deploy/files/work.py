"""The flows that the files beside this one deploy: what Prefect learns by importing them, pushpool reads in the source."""

import datetime
from typing import Any, Dict, List, Literal, Optional, Union

from prefect import flow, task


@flow
def hello(name: str = "world", times: int = 1):
    """Says hello.

    As often as asked:
        - once, or
        - more often.
    """


@flow(name="Sum of numbers", description="Adds what it is given.", version="7")
def add(a: int, b: float = 2.5, *, exact: bool = True):
    """Not this text, as the decorator has one."""


@flow
def bare():
    pass


@flow(log_prints=True)
async def later(
    when: datetime.datetime,
    day: Optional[datetime.date] = None,
    names: List[str] = ["a", "b"],  # noqa: B006
    counts: dict[str, int] = {},
    options: Dict[str, Any] = {"deep": {"er": [1, 2.0, None]}},
    kind: Literal["big", "small"] = "big",
    either: Union[int, str] = 3,
    maybe: "int | None" = None,
    text: str = 'it\'s "quoted"',
    anything: Any = None,
    untyped=5,
    some: list = [],  # noqa: B006
    mapping: dict = {},  # noqa: B006
    ids: set[int] = set(),  # noqa: B008
    wait: datetime.timedelta = datetime.timedelta(0),
    pairs: list[dict[str, Any]] = [{"a": 1}, {}],  # noqa: B006
    many: Optional[List[Union[int, str]]] = None,
    one: Literal["only"] = "only",
    numbers: Literal[1, 2] = 1,
    pair: tuple = (1, "a"),
    negative: int = -3,
):
    'One line, in single quotes.'


@flow
def documented(customer: str, limit: int = 10):
    """Has arguments in its text.

    Args:
        customer: Who it is for.
        limit (int): How many at most,
            on two lines.

    Returns:
        Nothing.
    """


@flow
def anything_goes(first: str = "", **more):
    pass


@task
def not_a_flow():
    pass
