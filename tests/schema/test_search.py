"""The search: words in any case, found as they are written, whatever they are made of."""

from tests.schema.conftest import Clerk

ALL = list(range(1, 12))
KESTRELS = [1, 4, 7, 10, 11]

FOUND: list[tuple[str, list[int]]] = [
    ("inv-10", [9]),
    ("INV-10", [9]),
    ("kestrel", [1, 4, 5, 7, 10, 11]),  # 5 by its document number
    ("KESTREL electric", KESTRELS),
    ("electric Kestrel", KESTRELS),
    ("  kestrel    inv  ", [1, 10]),
    ("kestrel steel", [5]),
    ("estre", [1, 4, 5, 7, 10, 11]),
    ("gl/2026", [1]),
    ("GL/2026/0001", [1]),
    ("doc of", [2, 3, 4, 6, 7, 8, 9, 10]),
    ("%", [2, 5, 7, 8]),
    ("a%1", [7]),
    ("a_1", [6]),
    ("_", [2, 5, 6, 8]),
    ("\\", [2, 5, 8]),
    ("works\\co", [2, 5, 8]),
    ("/", [1]),
    ("//", []),
    ("straße", [3, 6, 9]),
    ("STRASSE", [3, 6, 9]),
    ("SÖHNE", [3, 6, 9]),
    ("söhne &", [3, 6, 9]),
    ("ärger", [8]),
    ("ÄRGER-10", [8]),
    ("漢字", [11]),
    ("'", []),
    ("' OR 1=1 --", []),
    ('"', []),
    ("*", []),
    ("never", []),
    ("no such thing", []),
    ("", ALL),
    ("   ", ALL),
]


async def test_every_word_must_occur_somewhere_as_it_is_written(reader: Clerk) -> None:
    for words, expected in FOUND:
        assert await reader.listed(search=words) == expected, words


async def test_the_number_itself_is_found(reader: Clerk) -> None:
    assert await reader.listed(search="11 kestrel") == [11]


async def test_as_many_words_as_fit_may_be_searched_for(reader: Clerk) -> None:
    assert await reader.listed(search="x" * 200) == []
    assert await reader.listed(search=" ".join(["e"] * 100)) == ALL
