"""Stands in for Modal's client where Prefect's provisioner reads the person's token, and nothing else."""

from . import config as config
