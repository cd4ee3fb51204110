"""What the tests of imports have in common: making files, running them, looking at what came out."""

from csv_importer import PRICE_LIST, Importer, ImportReport, Job, Upload
from csv_importer.layouts import Schema


def prices(*rows: str, name: str = "prices.csv") -> Upload:
    """A price list with sku and price."""
    return Upload.of(name, "sku;price", *rows)


def run(importer: Importer, upload: Upload, schema: Schema = PRICE_LIST, **options) -> ImportReport:
    """Import a file."""
    return importer.run(Job(upload, schema, **options))


def resume(
    importer: Importer, import_id: str, upload: Upload, schema: Schema = PRICE_LIST, **options
) -> ImportReport:
    """Go on with an import."""
    return importer.resume(import_id, Job(upload, schema, **options))


def assert_counts(report: ImportReport, **expected: int) -> None:
    """The figures named are as expected, all others of the report are zero."""
    names = ("imported", "replaced", "skipped", "rejected", "malformed", "warnings")
    found = {name: getattr(report, name) for name in names}
    assert found == dict.fromkeys(names, 0) | expected


def assert_problems(report: ImportReport, *expected: str) -> None:
    """The report lists exactly these problems."""
    assert [str(problem) for problem in report.problems] == list(expected)


def assert_rows(importer: Importer, list_name: str, name: str, *expected: object) -> None:
    """One column of a list holds exactly these values."""
    assert importer.column(list_name, name) == list(expected)
