"""`flow.serve()`: a process of its own that runs what is scheduled for its deployment."""

from prefect import flow


@flow(log_prints=True)
def served(name: str = "nobody") -> None:
    print(f"served {name}")


if __name__ == "__main__":
    served.serve(name="here", limit=2)
