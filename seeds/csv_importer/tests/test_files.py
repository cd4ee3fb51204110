import codecs

import pytest
from helpers import assert_counts, assert_problems, assert_rows, prices, run

from csv_importer import FileUpload, Importer, Upload
from csv_importer.problems import SetupError, UnreadableFileError
from csv_importer.uploads import (
    Encoding,
    detect_encoding,
    encoding_of,
    flaw_of,
    preview,
    split_lines,
)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "utf-8 with a mark"),
        ("utf-16-le", "utf-16-le with a mark"),
        ("utf-16-be", "utf-16-be with a mark"),
    ],
)
def test_given_a_mark_when_the_file_is_looked_at_then_it_tells_the_encoding(encoding, shown):
    """A mark at the beginning of a file tells how it was saved."""
    upload = Upload.of("marked.csv", "sku;price", "K-1;5,00", encoding=encoding, mark=True)
    assert str(encoding_of(upload)) == shown


def test_given_no_mark_when_all_letters_fit_then_it_is_unicode():
    """A file without a mark whose letters make sense as Unicode is taken as Unicode."""
    assert str(encoding_of(Upload.of("plain.csv", "name", "Müller"))) == "utf-8"


def test_given_no_mark_when_letters_do_not_fit_then_it_is_windows():
    """A file without a mark whose letters make no sense as Unicode is taken as saved by Windows."""
    assert str(encoding_of(Upload.of("old.csv", "name", "Müller", encoding="cp1252"))) == "cp1252"


def test_given_a_wanted_encoding_when_it_is_named_by_people_then_it_is_known():
    """How a file was saved may be said in everyday names."""
    assert str(encoding_of(Upload.of("old.csv", "x", encoding="dos"), " DOS ")) == "cp850"


def test_given_a_wanted_encoding_when_the_mark_fits_then_the_mark_is_left_out():
    """A mark that fits what was asked for is known as a mark."""
    upload = Upload.of("marked.csv", "sku;price", mark=True)
    assert str(encoding_of(upload, "UTF_8")) == "utf-8 with a mark"


def test_given_an_unknown_encoding_when_asked_for_then_it_is_refused():
    """A way of saving that nobody knows is refused."""
    with pytest.raises(SetupError, match="“klingon” is no encoding that can be read"):
        encoding_of(prices("A-1;1,00"), "klingon")


def test_given_half_a_letter_at_the_cut_when_looked_at_then_it_does_not_matter():
    """A letter that is cut in half at the end of the sample does not change what the file is taken for."""
    assert detect_encoding("Zürich".encode()[:2]) == Encoding("utf-8")


def test_given_half_a_letter_at_the_end_when_the_file_is_over_then_it_matters():
    """A file that ends in half a letter is not taken as Unicode."""
    assert detect_encoding("Zürich".encode()[:2], complete=True) == Encoding("cp1252")


def test_given_a_mark_when_imported_then_it_is_no_part_of_the_first_heading(importer):
    """The mark at the beginning of a file does not spoil the first heading."""
    upload = Upload.of("marked.csv", "sku;price", "K-77;5,00", mark=True)
    assert_counts(run(importer, upload), imported=1)


def test_given_a_windows_file_when_imported_then_its_letters_are_right(importer):
    """Umlauts of a file saved by Windows arrive as they were."""
    run(importer, Upload.of("win.csv", "sku;name;price", "T-9;Türgriff;12,90", encoding="cp1252"))
    assert_rows(importer, "price list", "name", "Türgriff")


def test_given_a_wide_file_when_imported_then_it_is_read(importer):
    """A spreadsheet saved as Unicode text of two bytes is imported."""
    upload = Upload.of("wide.txt", "sku\tprice", "W-3\t8,40", encoding="utf-16-le", mark=True)
    assert_counts(run(importer, upload), imported=1)


def test_given_a_wrong_encoding_when_asked_for_then_unreadable_lines_are_put_aside(importer):
    """A line with letters that cannot be read is put aside, the others are imported."""
    upload = Upload.of("x.csv", "sku;name;price", "T-1;Öse;1,00", "T-2;Nut;2,00", encoding="cp1252")
    report = run(importer, upload, encoding="utf-8")
    assert_problems(report, "line 2: the line contains characters that cannot be read")


def test_given_a_wide_file_that_is_cut_when_imported_then_it_cannot_be_read(importer):
    """A file of two bytes a letter that ends in half a letter cannot be read."""
    content = codecs.BOM_UTF16_LE + "sku;price\nA-1;1,00\n".encode("utf-16-le") + b"\x41"
    with pytest.raises(UnreadableFileError, match="the file cannot be read as utf-16-le"):
        run(importer, Upload("cut.csv", content, "utf-16"))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old-mac"])
def test_given_any_line_end_when_read_then_lines_are_the_same(importer, newline):
    """Whatever system ends its lines how, the rows are the same."""
    upload = Upload.of("ends.csv", "sku;price", "A-1;1,10", "B-2;2,20", newline=newline)
    assert_counts(run(importer, upload), imported=2)


@pytest.mark.parametrize(
    "pieces", [["a\r", "\nb\r\n", "c"], ["a", "\r\n", "b\r", "\nc"], ["a\nb\nc\n"]]
)
def test_given_a_line_end_in_two_pieces_when_read_then_it_is_one(pieces):
    """A line end that arrives in two pieces ends one line and no more."""
    assert list(split_lines(pieces)) == ["a", "b", "c"]


def test_given_a_last_line_without_end_when_read_then_it_counts():
    """The last line counts even if nothing ends it."""
    assert list(split_lines(["one\ntw", "o\r"])) == ["one", "two"]


def test_given_empty_lines_when_read_then_the_numbers_count_them(importer):
    """Lines are numbered as in the file, empty ones included."""
    report = run(importer, prices("", "A-1;1,00", "", "B-2;free"))
    assert_problems(report, "line 5, price: “free” is not a number")


def test_given_a_longest_line_when_met_then_it_is_in_order():
    """A line of exactly the greatest length is in order."""
    assert flaw_of("A-1;1,00", 8) == ""


def test_given_a_longest_line_when_exceeded_then_it_is_marked():
    """A line one character longer than the greatest length is marked as such."""
    assert flaw_of("A-1;10,00", 8) == "the line is longer than 8 characters"


def test_given_a_line_without_end_when_read_then_no_more_than_needed_is_held():
    """Of a line that goes on and on, only the beginning is held back until its end comes."""
    assert list(split_lines(["123456", "7890", "ABC\nok\n"], 8)) == ["123456789ABC", "ok"]


def test_given_empty_bytes_when_imported_then_the_line_is_put_aside(importer):
    """A line with empty bytes in it is put aside."""
    report = run(importer, prices("A-1;1,\x0000", "B-2;2,00"))
    assert_problems(report, "line 2: the line contains empty bytes")


def test_given_an_empty_file_when_imported_then_it_is_refused(importer):
    """A file without anything in it is refused."""
    with pytest.raises(UnreadableFileError, match=r"void.csv is empty"):
        run(importer, Upload.of("void.csv"))


def test_given_a_largest_file_when_met_then_it_is_imported(store, clock):
    """A file of exactly the greatest size is imported."""
    importer = Importer(store, clock=clock, largest_file=20)
    assert_counts(run(importer, prices("A-12;5,50")), imported=1)


def test_given_a_largest_file_when_exceeded_then_it_is_refused(store, clock):
    """A file one byte larger than allowed is refused."""
    importer = Importer(store, clock=clock, largest_file=19)
    with pytest.raises(UnreadableFileError, match=r"prices.csv has 20 bytes, 19 are allowed"):
        run(importer, prices("A-12;5,50"))


def test_given_a_file_on_disk_when_imported_then_it_counts_like_any_other(importer, tmp_path):
    """A file on disk is imported like one that was uploaded."""
    path = tmp_path / "disk.csv"
    path.write_bytes(b"sku;price\nD-1;7,70\nD-2;8,80\n")
    assert_counts(run(importer, FileUpload(path)), imported=2)


def test_given_a_file_on_disk_when_read_then_it_comes_in_pieces(tmp_path):
    """A file on disk is read piece by piece and without a gap."""
    path = tmp_path / "pieces.csv"
    path.write_bytes(b"0123456789")
    assert list(FileUpload(path).chunks(4)) == [b"0123", b"4567", b"89"]


def test_given_a_large_file_when_imported_then_little_of_it_is_held(importer):
    """An import that pauses after ten rows has come no further than line eleven."""
    rows = "".join(f"N-{number};{number},00\n" for number in range(900)).encode()
    read = []

    class Counted(Upload):
        def chunks(self, size=256):
            for chunk in super().chunks(size):
                read.append(len(chunk))
                yield chunk

    upload = Counted("long.csv", b"sku;price\n" + rows)
    report = run(importer, upload, batch_size=10, pause_after=1)
    assert sum(read) - upload.size < 1000
    assert report.last_line == 11


def test_given_a_long_file_when_shown_then_its_middle_is_left_out():
    """Of a long file the first eight and the last two lines are shown."""
    text = "\n".join(f"row {number}" for number in range(1, 14)) + "\n"
    assert preview(text).endswith("row 8 / … 3 more lines … / row 12 / row 13")


def test_given_ten_lines_when_shown_then_all_are():
    """Ten lines are shown in full."""
    assert (
        preview("1\n2\n3\n4\n5\n6\n7\n8\n9\tx\n10")
        == "1 / 2 / 3 / 4 / 5 / 6 / 7 / 8 / 9[tab]x / 10"
    )
