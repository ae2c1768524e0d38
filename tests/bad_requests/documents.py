"""Documents, variables and operation names that cannot be used."""

from tests.bad_requests.cases import GOOD, Bad, a_document

UNREADABLE = {
    "an open brace": "{",
    "a closing brace": "}",
    "words": "who am I",
    "a word and no braces": "query",
    "an open string": '{ node(id: "',
    "an open block string": '{ node(id: """',
    "a bad escape": r'{ node(id: "\q") { id } }',
    "a bad Unicode escape": r'{ node(id: "\uZZZZ") { id } }',
    "half a pair": r'{ node(id: "\uD83D") { id } }',
    "an exclamation mark": "{ viewer! { name } }",
    "a lone dollar": "query ($) { viewer { name } }",
    "two dots": "{ viewer { ..Name } }",
    "a number for a name": "{ 1viewer { name } }",
    "a leading zero": "{ syncedInvoices(companyId: 1, first: 01) { totalCount } }",
    "an open list": "{ nodes(ids: [ { id } }",
    "an argument without a value": "{ node(id:) { id } }",
    "a variable inside a default": "query ($a: Int = $b) { viewer { name } }",
    "a fragment named on": "fragment on on Viewer { name } { viewer { name } }",
    "a control character": "{ viewer \x07 { name } }",
    "a smart quote": "{ node(id: “x”) { id } }",
    "a zero byte": "{ viewer { name } }\0",
    "JSON": '{"query": "{ viewer { name } }"}',
    "only a comment": "# nothing",
    "only spaces": "   ",
    "lists 400 deep": "{ nodes(ids: " + 400 * "[" + 400 * "]" + ") { id } }",
    "objects 200 deep": "{ node(id: " + 200 * "{a: " + "1" + 200 * "}" + ") { id } }",
}
INVALID = {
    "a field that is not there": "{ viewer { password } }",
    "a type that is not there": "{ ...Who } fragment Who on Nobody { name }",
    "a selection on a scalar": "{ viewer { name { first } } }",
    "no selection on an object": "{ viewer }",
    "an argument that is not there": "{ viewer(id: 1) { name } }",
    "a missing argument": "{ node { id } }",
    "an argument twice": '{ node(id: "a", id: "b") { id } }',
    "a fragment that is not there": "{ viewer { ...Name } }",
    "a fragment that nobody uses": GOOD + " fragment Name on Viewer { name }",
    "a fragment in a circle": "{ viewer { ...A } } fragment A on Viewer { ...A }",
    "fragments in a circle": (
        "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }"
    ),
    "two fragments of one name": (
        "{ viewer { ...A } } fragment A on Viewer { name } fragment A on Viewer { name }"
    ),
    "a fragment on a scalar": "{ viewer { ...A } } fragment A on String { name }",
    "a fragment that can never apply": "{ viewer { ... on ErpLink { id } } }",
    "a variable that is not declared": "{ node(id: $id) { id } }",
    "a variable that nobody uses": "query ($id: ID!) { viewer { name } }",
    "a variable twice": "query ($id: ID!, $id: ID!) { node(id: $id) { id } }",
    "a variable of the wrong type": "query ($id: Int!) { node(id: $id) { id } }",
    "a variable that may be null": "query ($id: ID) { node(id: $id) { id } }",
    "a variable of an output type": "query ($id: Viewer) { viewer { name } }",
    "a directive that is not there": "{ viewer @upper { name } }",
    "a directive out of place": "query @skip(if: true) { viewer { name } }",
    "a directive twice": "{ viewer @skip(if: false) @skip(if: false) { name } }",
    "a directive without its argument": "{ viewer @skip { name } }",
    "one name for two fields": "{ viewer { name: companies { id } name } }",
    "a type definition": "type A { a: Int } " + GOOD,
    "a number for an id that is a list": "{ node(id: [1]) { id } }",
    "an enum that is not there": (
        '{ syncedInvoices(companyId: "x", orderBy: {field: COLOUR}) { totalCount } }'
    ),
    "text for a number": '{ syncedInvoices(companyId: "x", first: "ten") { totalCount } }',
    "a number past 32 bits": (
        '{ syncedInvoices(companyId: "x", first: 99999999999) { totalCount } }'
    ),
    "an input field that is not there": (
        'mutation { unlinkInvoice(input: {invoiceId: "x", force: true}) { __typename } }'
    ),
    "a mutation without input": "mutation { unlinkInvoice { __typename } }",
    "an unlink as a query": '{ unlinkInvoice(input: {invoiceId: "x"}) { __typename } }',
}
NODE = "query ($id: ID!) { node(id: $id) { id } }"
PAGE = (
    "query ($first: Int, $filter: SyncedInvoiceFilter) "
    '{ syncedInvoices(companyId: "x", first: $first, filter: $filter) { totalCount } }'
)
VARIABLES = {
    "no variables": (NODE, None),
    "an empty object": (NODE, {}),
    "null for an id": (NODE, {"id": None}),
    "a list for an id": (NODE, {"id": ["x"]}),
    "an object for an id": (NODE, {"id": {"x": 1}}),
    "true for an id": (NODE, {"id": True}),
    "a fraction for an id": (NODE, {"id": 1.5}),
    "text for a number": (PAGE, {"first": "ten"}),
    "a fraction for a number": (PAGE, {"first": 1.5}),
    "true for a number": (PAGE, {"first": True}),
    "a number past 32 bits": (PAGE, {"first": 2**40}),
    "a number of 100 digits": (PAGE, {"first": 10**100}),
    "a list for an input": (PAGE, {"filter": [1]}),
    "text for an input": (PAGE, {"filter": "open"}),
    "an input field that is not there": (PAGE, {"filter": {"colour": "red"}}),
    "an enum that is not there": (PAGE, {"filter": {"statuses": ["COLOURFUL"]}}),
    "a day that is not there": (PAGE, {"filter": {"billingDate": {"start": "2026-02-30"}}}),
    "an instant without a zone": (PAGE, {"filter": {"syncedAt": {"start": "2026-01-01T00:00:00"}}}),
}
TWO = "query A { viewer { name } } query B { viewer { name } }"
NAMES = {
    "several operations and no name": (TWO, None),
    "several operations and an empty name": (TWO, ""),
    "a name that is not there": (TWO, "C"),
    "another case of a name": (TWO, "a"),
    "a name for an anonymous operation": (GOOD, "Who"),
    "two anonymous operations": (GOOD + GOOD, None),
    "an anonymous one and another": (GOOD + " query Who { viewer { name } }", None),
    "two operations of one name": ("query A { viewer { name } } query A { viewer { name } }", None),
    "only a fragment": ("fragment A on Viewer { name }", None),
}
TOO_MUCH = {
    "braces 200 deep": 200 * "{ a " + 200 * "}",
    "20,001 characters": "#" + 20_000 * "x" + "\n" + GOOD,
    "too many tokens": "{" + 1_200 * " viewer { name }" + "}",
    "too many aliases": "{" + " ".join(f"a{n}: __typename" for n in range(60)) + "}",
    "too many root fields": "{" + " ".join(f"a{n}: viewer {{ name }}" for n in range(11)) + "}",
    "too many directives": "{ viewer " + " ".join(21 * ["@skip(if: false)"]) + " { name } }",
    "too many variables": (
        "query (" + " ".join(f"$a{n}: ID" for n in range(21)) + ") { viewer { name } }"
    ),
    "too many fragments": "{ viewer { name } } "
    + " ".join(f"fragment F{n} on Viewer {{ name }}" for n in range(60)),
    "too deep": "{ viewer { companies { " + 12 * "integrations { company { " + "id" + 27 * "}",
    "too dear": (
        '{ syncedInvoices(companyId: "x", first: 100) '
        "{ nodes { unlinkHistory(first: 100) { at } } } }"
    ),
    "a fan of fragments": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(39))
    + " fragment F39 on Query { viewer { name } }",
}

DOCUMENTS: list[Bad] = [
    *(a_document(f"unreadable: {n}", "GRAPHQL_PARSE_FAILED", q) for n, q in UNREADABLE.items()),
    *(a_document(f"invalid: {n}", "GRAPHQL_VALIDATION_FAILED", q) for n, q in INVALID.items()),
    *(
        a_document(f"variables: {n}", "BAD_USER_INPUT", q, variables=v)
        for n, (q, v) in VARIABLES.items()
    ),
    *(
        a_document(f"name: {n}", "OPERATION_RESOLUTION_FAILURE", q, operationName=o)
        for n, (q, o) in NAMES.items()
    ),
    *(a_document(f"too much: {n}", "LIMIT_EXCEEDED", q) for n, q in TOO_MUCH.items()),
]
