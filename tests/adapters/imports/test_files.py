"""Which kind a file is, and reading its values in bounded memory."""

import json
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from adapters.imports import DirectoryFile, ImportRefused, Problem, RequisitionsFile, Row, read_file
from adapters.imports.json_values import PIECE, JsonText, values
from tests.adapters.imports.builders import a_directory, a_requisition


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(content: str | bytes, largest: int = 1000) -> Iterator[Row]:
    data = content.encode() if isinstance(content, str) else content
    return values(JsonText(BytesIO(data), largest))


def problem_with(content: str | bytes, largest: int = 1000) -> Problem:
    with pytest.raises(ImportRefused) as refusal:
        list(read(content, largest))
    [problem] = refusal.value.problems
    return problem


def test_an_array_holds_requisitions(tmp_path: Path) -> None:
    requisitions = [a_requisition(id=1), a_requisition(id=2)]

    file = read_file(written(tmp_path, json.dumps(requisitions)))

    assert isinstance(file, RequisitionsFile)
    assert [row.value for row in file.rows()] == requisitions


def test_one_object_after_another_are_requisitions(tmp_path: Path) -> None:
    requisitions = [a_requisition(id=1), a_requisition(id=2)]
    lines = "\n".join(json.dumps(each) for each in requisitions)

    file = read_file(written(tmp_path, lines))

    assert isinstance(file, RequisitionsFile)
    assert list(file.rows()) == [Row(1, requisitions[0]), Row(2, requisitions[1])]


def test_one_requisition_over_several_lines_is_a_file_of_requisitions(tmp_path: Path) -> None:
    file = read_file(written(tmp_path, json.dumps(a_requisition(), indent=2)))

    assert isinstance(file, RequisitionsFile)
    assert list(file.rows()) == [Row(1, a_requisition())]


def test_a_file_that_names_our_format_is_a_directory(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(a_directory(), indent=2))

    assert read_file(path) == DirectoryFile(path, a_directory())


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    file = read_file(written(tmp_path, b"\xef\xbb\xbf[]"))

    assert isinstance(file, RequisitionsFile)
    assert list(file.rows()) == []


def test_a_file_tells_how_far_it_was_read(tmp_path: Path) -> None:
    content = json.dumps([a_requisition(id=id) for id in range(500)])
    file = read_file(written(tmp_path, content))
    assert isinstance(file, RequisitionsFile)

    rows = file.rows()
    next(rows)
    after_the_first = file.bytes_read
    list(rows)

    assert 0 < after_the_first < file.size
    assert file.bytes_read == file.size == len(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", Problem(0, "", "the file is empty")),
        (" \n\n", Problem(0, "", "the file is empty")),
        ("\n42", Problem(2, "", "neither requisitions nor a company's directory")),
        ('"text"', Problem(1, "", "neither requisitions nor a company's directory")),
        ("id,number\n1,2", Problem(1, "", "neither requisitions nor a company's directory")),
        (b"\xff\xfe[\x00]\x00", Problem(1, "", "not text in UTF-8")),
        (
            '{"format": "erp-link.directory/2"}',
            Problem(0, "format", 'not a format we know: it must be "erp-link.directory/1"'),
        ),
        (
            '{"format": "erp-link.directory/1"}\n{}',
            Problem(2, "", "something follows the directory"),
        ),
        ('{"format": ', Problem(1, "", "the file ends inside a value")),
    ],
)
def test_says_what_is_wrong_with_a_file_of_neither_kind(
    tmp_path: Path, content: str | bytes, problem: Problem
) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_file(written(tmp_path, content))

    assert refusal.value.problems == (problem,)


@pytest.mark.parametrize("layout", ["[\n{}\n,\n{}\n]", "\n{}\n\n{}\n"])
def test_each_value_knows_the_line_that_it_starts_on(layout: str) -> None:
    first, second = read(layout.replace("{}", '{\n"a": 1}'))

    assert (first.line, second.line) == (2, 5)


def test_numbers_with_a_fraction_are_exact() -> None:
    [row] = read("[0.1]")

    assert row.value == Decimal("0.1")


def test_a_value_may_lie_across_any_number_of_pieces() -> None:
    text = "é" * (2 * PIECE) + "end"

    assert [row.value for row in read(json.dumps([text, 12]), largest=10**7)] == [text, 12]


@pytest.mark.parametrize("digits", range(1, 6))
def test_a_number_at_the_end_of_a_piece_is_read_to_its_end(digits: int) -> None:
    padding = " " * (PIECE - digits)

    assert [row.value for row in read(f"{padding}123456 7")] == [123456, 7]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ('[{"id": 1},\n{"id": 2}', 2, "the file ends before its array does"),
        ('[{"id": 1},\n', 2, "the file ends where a value should be"),
        ('[{"id": 1},\n{"id', 2, "the file ends inside a value"),
        ('[{"id": 1},\n{"id": ', 2, "the file ends inside a value"),
        ('{"id": 1}\n{"id": 2', 2, "the file ends inside a value"),
        ('[{"id": 1}\n{"id": 2}]', 2, "not JSON: a comma or the end of the array is missing"),
        ('[{"id": 1}]\n[]', 2, "something follows the array"),
        ('[{"id": 1},\n]', 2, "not JSON: Expecting value"),
        ('[{"id": 1},\n{"id": oops}' + 100 * " " + "]", 2, "not JSON: Expecting value"),
        ("{'id': 1}", 1, "not JSON: Expecting property name enclosed in double quotes"),
        ('[{"a":\n"b" "c"}' + 100 * " ", 2, "not JSON: Expecting ',' delimiter"),
        ("[\nNaN]", 2, "NaN is not JSON"),
        ('[{"amount": -Infinity}]', 1, "-Infinity is not JSON"),
        ("[" * 100_000, 1, "nested too deeply"),
        ("[" + "9" * 5000 + "]", 1, "Exceeds the limit"),
        (b'[{"id": 1},\n"\xe9"]', 2, "not text in UTF-8"),
        (b'[{"name": "caf\xc3', 1, "not text in UTF-8"),
    ],
)
def test_says_where_it_could_not_read_on(content: str | bytes, line: int, reason: str) -> None:
    problem = problem_with(content, largest=200_000)

    assert (problem.line, problem.field) == (line, "")
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize(
    "content",
    [
        '[\n"' + 2000 * "a" + '"]',
        '[\n"' + 200_000 * "a",
        "[\n{" + ", ".join(f'"{n}": 1' for n in range(500)) + "}]",
        "[\n[" + 200_000 * "1, ",
    ],
)
def test_a_value_that_is_too_large_is_refused(content: str) -> None:
    assert problem_with(content) == Problem(2, "", "a value of more than 1,000 characters")


def test_a_fault_is_told_at_once_and_not_after_reading_on() -> None:
    file = BytesIO(b'[{"id": oops}, ' + b" " * 10_000_000)

    with pytest.raises(ImportRefused, match="line 1: not JSON: Expecting value"):
        list(values(JsonText(file, 10**9)))

    assert file.tell() <= 2 * PIECE


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    line = json.dumps({"id": 1, "padding": "x" * 1000})
    path = written(tmp_path, "[" + ",\n".join([line] * 20_000) + "]")
    file = read_file(path)
    assert isinstance(file, RequisitionsFile)

    tracemalloc.start()
    count = sum(1 for _ in file.rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 20_000
    assert peak < 2_000_000 < file.size
