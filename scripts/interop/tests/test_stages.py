"""Does the look for TLS records find what is none?"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import harness  # noqa: E402
import stages  # noqa: E402

RECORD = b"\x17\x03\x03\x00\x04abcd"


class TLSRecords(unittest.TestCase):
    def test_records_pass_also_when_the_last_is_cut_off(self):
        for stream in (b"", RECORD, b"\x16\x03\x01\x00\x00" + RECORD * 3, RECORD + RECORD[:7], RECORD + RECORD[:3]):
            self.assertTrue(stages.tls_records(stream), stream)

    def test_words_in_the_clear_fail_wherever_they_begin(self):
        for stream in (b"REGISTER sip:cpm.example SIP/2.0\r\n", RECORD + b"MSRP d93kswow SEND\r\n"):
            self.assertFalse(stages.tls_records(stream), stream)


class SameVerdicts(unittest.TestCase):
    EMBEDDED = {f"case-{n}": "pass" for n in range(9)} | {"restarts": "pass", "other-policy": "not applicable: the policy"}
    RESTART = "not applicable: the ICS option 'survives-restart' is not stated"

    def served(self, **changes):
        return self.EMBEDDED | {"restarts": self.RESTART} | {name.replace("_", "-"): word for name, word in changes.items()}

    def test_only_the_cases_that_restart_the_enabler_may_be_left_out(self):
        self.assertEqual(harness.require_same(self.EMBEDDED, self.served(), "served"), 9)
        with self.assertRaisesRegex(harness.Failed, "case-3: pass before, not applicable: 'dismisses' is not stated served"):
            harness.require_same(self.EMBEDDED, self.served(case_3="not applicable: 'dismisses' is not stated"), "served")

    def test_another_verdict_a_case_too_few_and_a_case_too_many_are_told(self):
        for changes in ({"case_3": "inconclusive"}, {"case_99": "pass"}):
            with self.assertRaises(harness.Failed):
                harness.require_same(self.EMBEDDED, self.served(**changes), "served")
        fewer = self.served()
        del fewer["case-3"]
        with self.assertRaisesRegex(harness.Failed, "case-3: pass before, not run served"):
            harness.require_same(self.EMBEDDED, fewer, "served")

    def test_a_run_that_left_nearly_everything_out_shows_nothing(self):
        with self.assertRaisesRegex(harness.Failed, "only 0 of 10"):
            harness.require_same(self.EMBEDDED, {case: self.RESTART for case in self.EMBEDDED}, "served")


if __name__ == "__main__":
    unittest.main()
