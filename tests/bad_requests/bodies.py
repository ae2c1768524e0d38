"""Bodies that hold no request."""

import gzip
import json
import zlib

from tests.bad_requests.cases import GOOD, Bad, as_json

REQUEST = as_json({"query": GOOD})
DEEP = 100_000

NOT_A_REQUEST = {
    "nothing": b"",
    "a space": b" ",
    "null": b"null",
    "true": b"true",
    "a number": b"1",
    "a fraction": b"1.5",
    "a word": b'"query"',
    "an empty list": b"[]",
    "a list of a request": b"[" + REQUEST + b"]",
    "a list of 1,000 requests": b"[" + b",".join(1_000 * [REQUEST]) + b"]",
    "an empty object": b"{}",
    "a bare document": GOOD.encode(),
    "a form": b"query=%7B+viewer+%7B+name+%7D+%7D",
    "xml": b"<query>{ viewer { name } }</query>",
    "half a request": REQUEST[:-2],
    "a request and more": REQUEST + b"x",
    "two requests": REQUEST + REQUEST,
    "a trailing comma": b'{"query": "{ viewer { name } }",}',
    "single quotes": b"{'query': '{ viewer { name } }'}",
    "a comment": b'{"query": "{ viewer { name } }" /* who */}',
    "an unquoted name": b'{query: "{ viewer { name } }"}',
    "a line break in a string": b'{"query": "{ viewer\n{ name } }"}',
    "a control character in a string": b'{"query": "{ viewer \x01 { name } }"}',
    "a bad escape": b'{"query": "\\x"}',
    "half an escape": b'{"query": "\\u12"}',
    "a byte that is not UTF-8": b'{"query": "\xff"}',
    "a cut character": b'{"query": "\xe2\x82"}',
    "a character written too long": b'{"query": "\xc0\xaf"}',
    "a character past Unicode": b'{"query": "\xf4\x90\x80\x80"}',
    "half a pair as bytes": b'{"query": "\xed\xa0\x80"}',
    "half a pair as an escape": b'{"query": "{ viewer { name } } #\\ud800"}',
    "halves the wrong way round": b'{"query": "{ viewer { name } } #\\udc00\\ud800"}',
    "UTF-16": json.dumps({"query": GOOD}).encode("utf-16"),
    "UTF-16 without a mark": json.dumps({"query": GOOD}).encode("utf-16-le"),
    "UTF-32": json.dumps({"query": GOOD}).encode("utf-32"),
    "Latin-1": '{"query": "{ viewer { name } } # né"}'.encode("latin-1"),
    "a byte order mark": b"\xef\xbb\xbf" + REQUEST,
    "zero bytes": 100 * b"\0",
    "gzip that is not told": gzip.compress(REQUEST),
    "deflate that is not told": zlib.compress(REQUEST),
    "deep lists": DEEP // 2 * b"[" + DEEP // 2 * b"]",
    "open lists": DEEP * b"[",
    "deep objects": 10_000 * b'{"a":' + b"1" + 10_000 * b"}",
    "deep variables": b'{"query": "{ viewer { name } }", "variables": {"a": '
    + 20_000 * b"["
    + 20_000 * b"]"
    + b"}}",
    "NaN": b'{"query": "{ viewer { name } }", "variables": {"a": NaN}}',
    "Infinity": b'{"query": "{ viewer { name } }", "variables": {"a": Infinity}}',
    "minus Infinity": b'{"query": "{ viewer { name } }", "variables": {"a": -Infinity}}',
    "a number of 5,000 digits": b'{"query": "{ viewer { name } }", "variables": {"a": '
    + 5_000 * b"9"
    + b"}}",
    "a number with a leading zero": b'{"query": "{ viewer { name } }", "variables": {"a": 01}}',
    "a number with a plus": b'{"query": "{ viewer { name } }", "variables": {"a": +1}}',
    "no query": as_json({"variables": {}}),
    "a query that is null": as_json({"query": None}),
    "a query that is empty": as_json({"query": ""}),
    "a query that is a number": as_json({"query": 1}),
    "a query that is a list": as_json({"query": [GOOD]}),
    "a query that is an object": as_json({"query": {"text": GOOD}}),
    "a query that is false": as_json({"query": False}),
    "variables that are a list": as_json({"query": GOOD, "variables": []}),
    "variables that are text": as_json({"query": GOOD, "variables": "{}"}),
    "variables that are a number": as_json({"query": GOOD, "variables": 0}),
    "variables that are false": as_json({"query": GOOD, "variables": False}),
    "a name that is a number": as_json({"query": GOOD, "operationName": 1}),
    "a name that is a list": as_json({"query": GOOD, "operationName": ["Who"]}),
    "a name that is an object": as_json({"query": GOOD, "operationName": {}}),
    "extensions that are a list": as_json({"query": GOOD, "extensions": []}),
    "extensions that are text": as_json({"query": GOOD, "extensions": "{}"}),
    "extensions that are a number": as_json({"query": GOOD, "extensions": 7}),
    "extensions that are true": as_json({"query": GOOD, "extensions": True}),
}

BODIES = [Bad(name, 400, "BAD_REQUEST", body=body) for name, body in NOT_A_REQUEST.items()]
TOO_BIG = [
    Bad(
        "a body of 1 MB",
        413,
        "BAD_REQUEST",
        body=as_json({"query": GOOD, "padding": 1_000_000 * "x"}),
    ),
    Bad("a body said to be 1 TB", 413, "BAD_REQUEST", headers={"Content-Length": str(10**12)}),
]
