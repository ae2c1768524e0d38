"""Where the figures go: to the terminal, to a file of JSON, and into a page between two marks."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- bench: {} -->", "<!-- end of bench: {} -->"


@dataclass(frozen=True, slots=True)
class Report:
    """What one measurement has to say."""

    name: str
    """Names the file, and the marks in the page."""
    text: str
    figures: Any

    def tell(self, folder: Path, page: Path | None) -> None:
        """Print it, keep its figures in the folder, and put its text into the page if asked to."""
        print(f"\n{self.text}\n")
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / f"{self.name}.json"
        kept.write_text(json.dumps(self.figures, indent=1) + "\n")
        print(f"The figures are in {kept}.")
        if page is not None:
            page.write_text(between(page.read_text(), self.name, self.text))


def between(page: str, name: str, text: str) -> str:
    """The page with this text between its marks. Raises ValueError when it has none."""
    before, begin, rest = page.partition(BEGIN.format(name))
    _, end, after = rest.partition(END.format(name))
    if not end:
        raise ValueError(f"the page has no marks {BEGIN.format(name)} ... {END.format(name)}")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"
