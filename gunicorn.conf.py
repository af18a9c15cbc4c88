"""The web process, the same under script/server and in the container; `--bind` there opens it to the outside."""

import gc
import os
from typing import Any

bind = f"127.0.0.1:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 8
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None
errorlog = "-"
control_socket_disable = True
# Whom a proxy is believed is decided in one place: majorops.web.server.proxy.
forwarded_allow_ips = ""


def when_ready(server: Any) -> None:
    """The application is loaded, no worker is there yet. What is loaded stays: no collection need look at it again, and
    the workers share its memory. What a request makes goes with it by itself, cycles are few: looking for them after
    each 700 objects took a tenth of a page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
