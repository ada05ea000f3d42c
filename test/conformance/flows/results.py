"""Results that are kept in a storage block: `python results.py save FOLDER` makes it, `python results.py read RUN_ID` reads one."""

import sys

from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.filesystems import LocalFileSystem

STORAGE = "local-file-system/conformance-results"


@task(persist_result=True)
def doubled(n: int) -> int:
    return 2 * n


@flow(persist_result=True, result_storage=STORAGE)
def remembering(n: int = 4) -> dict[str, int]:
    return {"answer": doubled(n)}


if __name__ == "__main__":
    if sys.argv[1] == "save":
        LocalFileSystem(basepath=sys.argv[2]).save("conformance-results", overwrite=True)
    else:
        with get_client(sync_client=True) as client:
            print(client.read_flow_run(sys.argv[2]).state.result(raise_on_failure=True))
