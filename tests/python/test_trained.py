"""examples/bindings/python/trained.py on the files of tests/cases: the right value, or refused."""

import json
import unittest
from pathlib import Path

import trained

CASES = Path(__file__).parent.parent / "cases"


class Cases(unittest.TestCase):
    def test_right_or_refused(self):
        right = refused = 0
        for index in ("index.json", "made/index.json"):
            for case in json.loads((CASES / index).read_text()):
                if case["options"]:
                    continue
                with self.subTest(weights=case["weights"], data=case["data"]):
                    try:
                        value = trained.complexity(str(CASES / case["weights"]),
                                                   str(CASES / case["data"])).value
                    except (trained.Refused, OSError, ValueError):
                        refused += 1
                        continue
                    self.assertIn("right", case, "it has to be refused")
                    self.assertTrue(abs(value / case["right"] - 1) <= 1e-6, value)
                    right += 1
        print(f"{right} files of tests/cases read, {refused} refused")
        self.assertGreaterEqual(right, 8)
        self.assertGreaterEqual(refused, 40)

    def test_numbers_in_names(self):
        for a, b in (("fc2", "fc10"), ("blocks.0.b", "blocks.1.b"), ("dense", "dense_1"), ("0", "2")):
            self.assertEqual(trained.number_order(a, b), -1)
            self.assertEqual(trained.number_order(b, a), 1)
        for a, b in (("encoder", "decoder"), ("fc1", "out1"), ("a.0", "b.0")):
            self.assertIsNone(trained.number_order(a, b))


if __name__ == "__main__":
    unittest.main()
