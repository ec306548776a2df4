import http.server
import json
import os
import sys

PORTS = {"api": "DESK_PORT", "worker": "DESK_WORKER_PORT"}


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


part = sys.argv[1]
told = {name: value for name, value in os.environ.items() if name.startswith("DESK_")}
sys.stdout.write(json.dumps({"event": f"hello from {part}", "told": told}) + "\n")
sys.stdout.flush()
if part in PORTS:
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ[PORTS[part]])), Answer).serve_forever()
