"""How real data comes in: requisitions, and the directory of a company with its grants."""

from adapters.imports.directory_import import import_directory
from adapters.imports.files import DirectoryFile, RequisitionsFile, read_file
from adapters.imports.json_values import Row
from adapters.imports.problems import ImportRefused, Problem
from adapters.imports.report import RequisitionsReport
from adapters.imports.requisition_import import import_requisitions

__all__ = [
    "DirectoryFile",
    "ImportRefused",
    "Problem",
    "RequisitionsFile",
    "RequisitionsReport",
    "Row",
    "import_directory",
    "import_requisitions",
    "read_file",
]
