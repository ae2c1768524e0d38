"""Methods, media types, targets and headers that are not those of a GraphQL request."""

from urllib.parse import quote

from tests.bad_requests.cases import GOOD, Bad, as_json

BODY = as_json({"query": GOOD})
QUERY = quote(GOOD)
UNLINK = quote('mutation { unlinkInvoice(input: {invoiceId: "x"}) { __typename } }')

METHODS = [
    Bad(f"method: {each}", 405, "BAD_REQUEST", method=each)
    for each in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY")
]
MEDIA_TYPES = [
    Bad(
        f"content type: {each or 'none'}",
        415,
        "BAD_REQUEST",
        body=BODY,
        headers={"Content-Type": each},
    )
    for each in (
        "",
        "text/plain",
        "text/plain; application/json",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/mixed; boundary=x",
        "application/graphql",
        "application/graphql-response+json",
        "application/jsonp",
        "application/json5",
        "application/json-seq",
        "application/vnd.api+json",
        "xapplication/json",
        "application/json, text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/json; charset",
        "application / json",
        "json",
        "*/*",
        ";",
    )
]
ENCODINGS = [
    Bad(
        f"content encoding: {each}",
        415,
        "BAD_REQUEST",
        body=BODY,
        headers={"Content-Encoding": each},
    )
    for each in ("gzip", "deflate", "br", "zstd", "gzip, gzip", "nonsense")
]
ACCEPTS = [
    Bad(f"accept: {each}", 406, "BAD_REQUEST", body=BODY, headers={"Accept": each})
    for each in (
        "text/html",
        "application/xml",
        "image/*",
        "application/json;q=0",
        "application/graphql-response+json;q=0, application/json;q=0",
        "text/html, application/xhtml+xml",
    )
]
TARGETS = [
    Bad(f"get: {name}", status, code, method="GET", target=f"/graphql{target}")
    for name, status, code, target in (
        ("nothing", 400, "BAD_REQUEST", ""),
        ("no query", 400, "BAD_REQUEST", "?"),
        ("an empty query", 400, "BAD_REQUEST", "?query="),
        ("empty variables", 400, "BAD_REQUEST", f"?query={QUERY}&variables="),
        ("empty extensions", 400, "BAD_REQUEST", f"?query={QUERY}&extensions="),
        ("variables that are no JSON", 400, "BAD_REQUEST", f"?query={QUERY}&variables=x"),
        ("variables that are a list", 400, "BAD_REQUEST", f"?query={QUERY}&variables=[]"),
        ("variables that are a number", 400, "BAD_REQUEST", f"?query={QUERY}&variables=1"),
        ("extensions that are no JSON", 400, "BAD_REQUEST", f"?query={QUERY}&extensions=x"),
        ("two queries", 400, "BAD_REQUEST", f"?query={QUERY}&query={QUERY}"),
        ("a syntax error", 400, "GRAPHQL_PARSE_FAILED", "?query=%7B"),
        ("an unknown field", 400, "GRAPHQL_VALIDATION_FAILED", "?query=%7Bpassword%7D"),
        ("bytes that are not UTF-8", 400, "BAD_REQUEST", "?query=%ff%fe"),
        ("an unlink", 405, "BAD_REQUEST", f"?query={UNLINK}"),
        ("a target of 40,000 characters", 414, "BAD_REQUEST", f"?query={40_000 * 'a'}"),
    )
]
FROM_ELSEWHERE = [
    Bad(
        "a page of another site that gets",
        403,
        "FORBIDDEN",
        method="GET",
        target=f"/graphql?query={QUERY}",
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    ),
]
CALLERS = [
    Bad(f"caller: {name}", 401, "UNAUTHENTICATED", body=BODY, headers={"Authorization": said})
    for name, said in {
        "nobody": "",
        "no scheme": "x",
        "basic": "Basic YWRhOmFkYQ==",
        "an empty bearer": "Bearer ",
        "a bearer of nonsense": "Bearer nonsense",
        "three empty parts": "Bearer ..",
        "an unsigned token": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
        "two tokens": "Bearer a b",
        "a very long token": "Bearer " + 9_000 * "a",
        "a machine's token that never was": "Bearer erplink_4101_x_y",
    }.items()
]
OVERSIZED = [
    Bad("a header of 100 kB", 431, "BAD_REQUEST", body=BODY, headers={"X-Padding": 100_000 * "x"}),
    Bad(
        "2,000 headers",
        431,
        "BAD_REQUEST",
        body=BODY,
        headers={f"X-Padding-{n}": 30 * "x" for n in range(2_000)},
    ),
]

HEADERS: list[Bad] = [
    *METHODS,
    *MEDIA_TYPES,
    *ENCODINGS,
    *ACCEPTS,
    *TARGETS,
    *FROM_ELSEWHERE,
    *CALLERS,
    *OVERSIZED,
]
