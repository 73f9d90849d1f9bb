"""Throwaway mysqlctld and mysqld, with the traps of the real ones and nothing else."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MYSQLD = """\
#!/bin/sh
# mysqld --defaults-file=FOLDER/my.cnf
while :; do sleep 0.1; done
"""

STUBBORN_MYSQLD = """\
#!/bin/sh
trap "" TERM
while :; do sleep 0.1; done
"""

MYSQLCTLD = """\
#!/bin/sh
# Refuses to start while the process in the lock lives; initialises only where there is no my.cnf; exits 0 when its
# mysqld ends; leaves everything behind when it is killed.
folder=$VTDATAROOT/vt_$(printf %010d "${1#--tablet-uid=}")
if [ -f "$folder/mysql.sock.lock" ] && kill -0 "$(cat "$folder/mysql.sock.lock")" 2>/dev/null; then
    echo "process $(cat "$folder/mysql.sock.lock") is still running"
    exit 1
fi
if [ ! -f "$folder/my.cnf" ]; then
    mkdir -p "$folder/data"
    echo initialised >>"$folder/data/ibdata1"
    : >"$folder/my.cnf"
    echo "initialised $folder"
elif [ ! -f "$folder/data/ibdata1" ]; then
    echo "mysqld: no data in $folder"
    exit 1
fi
MYSQLD --defaults-file="$folder/my.cnf" &
echo $! >"$folder/mysql.sock.lock"
trap 'kill $!; wait; exit 0' TERM
echo "mysqld $!"
: >"${2#--socket-file=}"
wait
exit 0
"""


def install(folder: Path, mysqld: str = MYSQLD) -> Path:
    """Write both programs; gives mysqlctld's path."""
    folder.mkdir(exist_ok=True)
    server, controller = folder / "mysqld", folder / "mysqlctld"
    server.write_text(mysqld)
    controller.write_text(MYSQLCTLD.replace("MYSQLD", str(server)))
    for path in (server, controller):
        path.chmod(0o755)
    return controller


@contextmanager
def a_vttablet(tablet_type: str) -> Iterator[int]:
    """An HTTP server whose /debug/vars says what type it is; gives its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"TabletType": tablet_type} if self.path == "/debug/vars" else {}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Nothing on the test's screen."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
