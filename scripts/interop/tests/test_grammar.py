"""What the grammar of the interop judge refuses."""

import unittest

from samples import msrp_ok, msrp_report, msrp_send, sip, sip_response

import framing
import grammar


class SIPGrammar(unittest.TestCase):
    def test_right_messages_have_no_faults(self):
        self.assertEqual(grammar.sip_faults(sip("INVITE", 1), "request"), [])
        self.assertEqual(grammar.sip_faults(sip_response(200, "INVITE", 1), "response"), [])

    def test_compact_and_folded_headers_are_known(self):
        message = sip("INVITE", 1).replace(b"Via: ", b"v: ").replace(b"From: ", b"f:\r\n ").replace(b"Call-ID", b"i")
        self.assertEqual(grammar.sip_faults(message, "request"), [])

    def test_each_missing_or_wrong_header_is_told(self):
        for old, new, told in (
            (b"Max-Forwards: 70\r\n", b"", "no max-forwards"),
            (b"CSeq: 1 INVITE", b"CSeq: 1 BYE", "CSeq names BYE in INVITE"),
            (b"CSeq: 1 INVITE", b"CSeq: x INVITE", "CSeq is 'x INVITE'"),
            (b"branch=z9hG4bK", b"branch=", "Via is"),
            (b";tag=1", b"", "no tag in From"),
            (b"Contact: <sip:alice@127.0.0.1:40000>\r\n", b"", "no contact"),
        ):
            with self.subTest(told):
                faults = grammar.sip_faults(sip("INVITE", 1).replace(old, new), "request")
                self.assertEqual(len(faults), 1, faults)
                self.assertIn(told, faults[0])

    def test_a_final_response_without_to_tag_is_told_and_100_needs_none(self):
        bare = sip_response(200, "INVITE", 1).replace(b";tag=2", b"")
        self.assertEqual(grammar.sip_faults(bare, "response"), ["no tag in To"])
        self.assertEqual(grammar.sip_faults(bare.replace(b" 200 OK", b" 100 Trying"), "response"), [])


class MSRPGrammar(unittest.TestCase):
    def test_right_messages_have_no_faults(self):
        self.assertEqual(grammar.msrp_faults(msrp_send("tid1aaaa", "hello"), "request"), [])
        self.assertEqual(grammar.msrp_faults(msrp_report("tid1aaaa"), "request"), [])
        self.assertEqual(grammar.msrp_faults(msrp_ok("tid1aaaa"), "response"), [])

    def test_an_empty_send_needs_no_body(self):
        empty = msrp_send("tid1aaaa", "").replace(b"Content-Type: text/plain\r\n\r\n\r\n", b"")
        self.assertEqual(grammar.msrp_faults(empty, "request"), [])

    def test_each_fault_is_told(self):
        for old, new, told in (
            (b"Byte-Range: 1-5/5", b"Byte-Range: 1-6/6", "Byte-Range 1-6/6 and 5 bytes of body"),
            (b"Byte-Range: 1-5/5", b"Byte-Range: all", "Byte-Range is 'all'"),
            (b"Message-ID: mtid1aaaa\r\n", b"", "Message-ID is None"),
            (b"msrp://127.0.0.1:41000/aaa;tcp", b"msrp://127.0.0.1:41000/aaa", "to-path is"),
            (b"Content-Type: text/plain\r\n", b"Content-Type: text/plain\r\nSuccess-Report: no\r\n", "not the last header"),
        ):
            with self.subTest(told):
                faults = grammar.msrp_faults(msrp_send("tid1aaaa", "hello").replace(old, new), "request")
                self.assertEqual(len(faults), 1, faults)
                self.assertIn(told, faults[0])

    def test_a_report_without_status_is_told(self):
        message = msrp_report("tid1aaaa").replace(b"Status: 000 200 OK\r\n", b"")
        self.assertEqual(grammar.msrp_faults(message, "request"), ["Status of a REPORT is None"])


class Framing(unittest.TestCase):
    def test_messages_back_to_back_and_keep_alives_are_cut_apart(self):
        stream = b"\r\n\r\n" + sip("INVITE", 1, b"v=0\r\n\r\nx", "text/plain") + b"\r\n" + sip_response(200, "BYE", 2)
        names = [(message.kind, message.name) for message in framing.sip_messages(stream + b"BYE sip:")]
        self.assertEqual(names, [("request", "INVITE"), ("response", "200")])

    def test_an_end_line_of_another_transaction_belongs_to_the_body(self):
        inner = "a\r\n-------tid2bbbb$\r\nb"
        stream = msrp_send("tid1aaaa", inner) + msrp_ok("tid1aaaa")
        names = [message.name for message in framing.msrp_messages(stream)]
        self.assertEqual(names, ["SEND", "200"])

    def test_a_stream_that_is_no_sip_is_refused_with_its_place(self):
        with self.assertRaisesRegex(framing.FramingError, "at byte"):
            framing.sip_messages(sip("INVITE", 1) + b"GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        with self.assertRaisesRegex(framing.FramingError, "without Content-Length"):
            framing.sip_messages(b"INVITE sip:a SIP/2.0\r\n\r\n")


if __name__ == "__main__":
    unittest.main()
