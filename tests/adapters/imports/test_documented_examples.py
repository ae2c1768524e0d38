"""The examples in docs/import.md can be imported as they stand."""

import json
import re
from pathlib import Path

from adapters.imports import (
    DirectoryFile,
    RequisitionsFile,
    RequisitionsReport,
    import_directory,
    import_requisitions,
    read_file,
)
from adapters.store.engine import Database

PAGE = Path(__file__).parents[3] / "docs" / "import.md"


async def test_the_documented_examples_can_be_imported(database: Database, tmp_path: Path) -> None:
    examples = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for name, example in zip(("requisitions", "directory"), examples, strict=True):
        (tmp_path / name).write_text(example)

    directory, requisitions = (
        read_file(tmp_path / "directory"),
        read_file(tmp_path / "requisitions"),
    )
    assert isinstance(directory, DirectoryFile)
    assert isinstance(requisitions, RequisitionsFile)
    company_id = await import_directory(database, directory.document)
    report = await import_requisitions(database, requisitions.rows(), company_id)

    assert report == RequisitionsReport(created=1, linked=1)
    assert json.loads(examples[1])["company"]["id"] == company_id
