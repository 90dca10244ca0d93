"""Does the look for TLS records find what is none?"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import stages  # noqa: E402

RECORD = b"\x17\x03\x03\x00\x04abcd"


class TLSRecords(unittest.TestCase):
    def test_records_pass_also_when_the_last_is_cut_off(self):
        for stream in (b"", RECORD, b"\x16\x03\x01\x00\x00" + RECORD * 3, RECORD + RECORD[:7], RECORD + RECORD[:3]):
            self.assertTrue(stages.tls_records(stream), stream)

    def test_words_in_the_clear_fail_wherever_they_begin(self):
        for stream in (b"REGISTER sip:cpm.example SIP/2.0\r\n", RECORD + b"MSRP d93kswow SEND\r\n"):
            self.assertFalse(stages.tls_records(stream), stream)


if __name__ == "__main__":
    unittest.main()
