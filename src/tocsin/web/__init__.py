"""The desk in the browser and its REST API: server-rendered pages over `tocsin.desk.desk`."""

from tocsin.web.app import make_app

__all__ = ["make_app"]
