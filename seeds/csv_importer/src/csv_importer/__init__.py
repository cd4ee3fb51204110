"""Imports the files that people upload: price lists, bank exports, customer lists and time sheets."""

from csv_importer.importer import Importer, ImportReport, Job
from csv_importer.layouts import BANK_EXPORT, CUSTOMERS, PRICE_LIST, TIMESHEET
from csv_importer.problems import ImportStoppedError, Problem
from csv_importer.uploads import FileUpload, Upload

__all__ = [
    "BANK_EXPORT",
    "CUSTOMERS",
    "PRICE_LIST",
    "TIMESHEET",
    "FileUpload",
    "ImportReport",
    "ImportStoppedError",
    "Importer",
    "Job",
    "Problem",
    "Upload",
]
