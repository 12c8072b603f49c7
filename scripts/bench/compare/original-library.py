"""Compresses messages with the Python original's library: one JSON object a line in, one a line out."""
import contextlib
import json
import sys
import time

with contextlib.redirect_stdout(sys.stderr):
    from headroom import compress

for line in sys.stdin:
    asked = json.loads(line)
    began = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        messages = compress(asked["messages"], **asked["options"]).messages
    took = (time.perf_counter() - began) * 1000
    print(json.dumps({"messages": messages, "took": took}), flush=True)
