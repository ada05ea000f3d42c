import os


class Config:
    def get(self, key):
        return os.environ.get(f"MODAL_{key.upper()}")
