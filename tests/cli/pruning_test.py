"""Each kind of evidence that prunes, at work on the example data, and what docs/predicates.md shows of it.

    pruning_test.py VENEER [TEST...]

Standard library only. The last line is 'N passed, N failed'.
"""

import json
import unittest

from command import ROOT, TRIPS, main, run


def explained(where, *args):
    return run("scan", "--quiet", TRIPS, "--where", where, "--explain", *args, check=0).stdout.decode()


def chunks(folder, column):
    """What veneer columns tells of a column in each file below a folder."""
    for path in sorted((TRIPS / folder).glob("**/*.parquet")):
        for line in run("columns", "--format=json", path, check=0).stdout.decode().splitlines():
            chunk = json.loads(line)
            if chunk["column"] == column:
                yield chunk


class Pruning(unittest.TestCase):
    def dropped(self, kind, where, member, line):
        """The member of the JSON that counts what was dropped; the tree says it too, as the documentation has it."""
        told = json.loads(explained(where, "--format=json"))
        for name in member.split("."):
            told = told[name]
        self.assertGreater(told, 0, kind)
        self.assertIn(line, [text.lstrip("│├└─ ") for text in explained(where).splitlines()])
        documented = f"| {kind} | `{where}` | {line} |"
        self.assertIn(documented, (ROOT / "docs/predicates.md").read_text(encoding="utf-8"))

    def test_partition_values(self):
        self.dropped("partition values", "month = 5", "directories.pruned",
                     "5 directories dropped by their partitions, and not listed")

    def test_row_group_statistics(self):
        self.dropped("row-group statistics", "id > 60000", "row_groups.dropped_by_statistics", "11 dropped by statistics")

    def test_size_statistics(self):
        """The chunk has no statistics, so that only the histogram of its levels tells that all is null."""
        for chunk in chunks("year=2025", "passengers"):
            self.assertEqual((chunk["nulls"], chunk["min"], chunk["max"]), (None, None, None))
        self.dropped("size statistics", "year = 2025 and passengers is not null", "row_groups.dropped_by_statistics",
                     "1 dropped by statistics")

    def test_dictionaries(self):
        self.dropped("dictionaries", "month = 2 and city = 'Nowhere'", "row_groups.dropped_by_dictionary",
                     "1 dropped by dictionary")

    def test_bloom_filters(self):
        self.dropped("bloom filters", "pickup_at = '2026-03-10T12:00:00Z'", "row_groups.dropped_by_bloom_filter",
                     "1 dropped by bloom filter")

    def test_page_index(self):
        self.assertEqual({chunk["column_index"] for chunk in chunks("year=2026/month=04", "fare")}, {"yes"})
        self.dropped("page index", "month = 4 and fare > 120", "pages.dropped",
                     "8 dropped by the page index or their headers")

    def test_page_headers(self):
        for chunk in chunks("year=2026/month=01", "id"):
            self.assertEqual((chunk["column_index"], chunk["offset_index"]), ("no", "no"))
        self.dropped("page headers, where there is no index", "month = 1 and id between 5000 and 5100", "pages.dropped",
                     "5 dropped by the page index or their headers")


if __name__ == "__main__":
    main()
