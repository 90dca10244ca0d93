"""What the comparison of wire and recordings finds, shown on captures made from bytes of our own. Needs tshark."""

import io
import os
import tempfile
import unittest

from samples import SDP, Run, Wire, msrp_ok, msrp_report, msrp_send, passed, sip

import compare_capture


class Comparing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def outcome(self, run, **more):
        """(exit code, what was printed)."""
        capture, recordings = run.write(self.folder.name, **more)
        out = io.StringIO()
        code = compare_capture.main(["--capture", capture, "--recordings", recordings], out)
        return code, out.getvalue()

    def assert_fails(self, run, *words, code=1, **more):
        got, text = self.outcome(run, **more)
        self.assertEqual(got, code, text)
        for word in words:
            self.assertIn(word, text)

    def test_a_run_recorded_as_it_was_passes(self):
        code, text = self.outcome(Run())
        self.assertEqual(code, 0, text)
        self.assertIn("058a-sample: INVITE 1, NOTIFY 1, OPTIONS 1, REPORT 1, SEND 2", text)
        self.assertIn("responses 4, packets lost 0", text)

    def test_an_accepted_connection_is_read_from_the_other_end(self):
        run = Run()
        run.lines = run.as_recorded()
        run.lines[0].update(accepted=True, local="127.0.0.1:15060", remote="127.0.0.1:40000")
        for line in run.lines:
            if line["kind"] == "bytes" and line["conn"] == 1:
                line["dir"] = {"in": "out", "out": "in"}[line["dir"]]
        code, text = self.outcome(run)
        self.assertEqual(code, 0, text)

    def test_a_changed_byte_in_a_recording_fails(self):
        run = Run()
        run.lines = run.as_recorded()
        line = next(line for line in run.lines if "hello" in line.get("text", ""))
        line["text"] = line["text"].replace("hello", "jello")
        self.assert_fails(run, "byte", "differs")

    def test_a_message_that_is_not_recorded_fails(self):
        run = Run()
        run.lines = run.as_recorded()
        line = next(line for line in run.lines if "tid3cccc" in line.get("text", ""))
        line["text"] = line["text"].replace(msrp_ok("tid2bbbb").decode(), "")
        self.assert_fails(run, "differs")

    def test_a_recorded_message_that_was_never_sent_fails(self):
        run = Run()
        run.lines = run.as_recorded() + [passed(1, "in", sip("MESSAGE", 9))]
        self.assert_fails(run, "not on the wire")

    def test_an_edited_recording_with_its_old_footer_cannot_be_used(self):
        run = Run()
        _, recordings = run.write(self.folder.name)
        path = os.path.join(recordings, "058a-sample.ndjson")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("hello", "jello"))
        out = io.StringIO()
        capture = os.path.join(self.folder.name, "run.pcapng")
        self.assertEqual(compare_capture.main(["--capture", capture, "--recordings", recordings], out), 2)
        self.assertIn("altered", out.getvalue())

    def test_masked_credentials_match_and_nothing_else_does(self):
        run = Run()
        secret = 'Authorization: Digest username="a", response="0123456789abcdef"\r\n'
        run.sip_pieces.insert(0, (True, sip("REGISTER", 4, extra=secret)))
        hidden = sip("REGISTER", 4, extra=secret.replace("0123456789abcdef", "*" * 16)).decode()
        run.lines = run.as_recorded()
        at = next(i for i, line in enumerate(run.lines) if "REGISTER" in line.get("text", ""))
        run.lines[at].update(text=hidden, masked=True)
        code, text = self.outcome(run)
        self.assertEqual(code, 0, text)
        del run.lines[at]["masked"]
        self.assert_fails(run, "differs")

    def test_lost_packets_fail(self):
        run = Run()
        run.drops = 3
        self.assert_fails(run, "3 packets were lost")

    def test_a_capture_without_statistics_fails(self):
        run = Run()
        run.drops = None
        self.assert_fails(run, "does not say whether packets were lost")

    def test_a_malformed_session_description_fails_by_its_packet(self):
        run = Run()
        run.sip_pieces.append((True, sip("INVITE", 5, b"v=0\r\nno description\r\n", "application/sdp")))
        self.assert_fails(run, "packet 8: malformed packet: sdp: Invalid SDP line")

    def test_a_malformed_sip_header_fails_by_its_packet(self):
        run = Run()
        run.sip_pieces.append((True, sip("INFO", 5, extra="Subject no colon\r\n")))
        self.assert_fails(run, "packet 8: malformed packet: sip: Header has no colon")

    def test_an_error_in_a_body_of_an_msrp_message_fails_by_its_packet(self):
        run = Run()
        run.msrp_pieces.append((True, msrp_send("tid5eeee", "v=x").replace(b"text/plain", b"multipart/mixed")))
        self.assert_fails(run, "packet 15: msrp: The multipart dissector could not find")

    def test_an_msrp_message_that_lacks_a_path_fails_by_its_packet(self):
        run = Run()
        broken = msrp_send("tid5eeee", "x").replace(b"To-Path: msrp://127.0.0.1:41000/aaa;tcp\r\n", b"")
        run.msrp_pieces.append((True, broken))
        self.assert_fails(run, "packet 15: request SEND: the first headers are")

    def test_bytes_that_are_no_messages_fail(self):
        run = Run()
        run.msrp_pieces.append((True, b"HTTP/1.1 200 OK\r\n\r\n"))
        self.assert_fails(run, "not the first line of an MSRP message")

    def test_a_connection_that_nobody_recorded_fails(self):
        stray = (45000, 15060, [(True, sip("OPTIONS", 8))])
        run = Run()
        run.lines = run.as_recorded() + [{"kind": "note", "text": "later"}] * 40
        self.assert_fails(run, "in no recording", others=[stray])

    def test_connections_of_others_are_left_alone(self):
        foreign = (45000, 15999, [(True, b"\x16\x03\x01 something else")])
        code, text = self.outcome(Run(), others=[foreign])
        self.assertEqual(code, 0, text)

    def test_a_case_without_an_invite_fails(self):
        run = Run()
        run.sip_pieces = [(True, sip("OPTIONS", 3)), (False, sip("NOTIFY", 2))]
        self.assert_fails(run, "no SIP INVITE dissected")

    def test_what_came_after_the_actor_had_gone_is_counted_and_allowed(self):
        run = Run()
        run.lines = run.as_recorded()
        run.sip_pieces = run.sip_pieces + [(False, sip("BYE", 7))]
        code, text = self.outcome(run)
        self.assertEqual(code, 0, text)
        self.assertIn("messages not read any more 1", text)

    def test_unread_bytes_on_a_connection_that_goes_on_fail(self):
        run = Run()
        run.lines = run.as_recorded()
        filler = [(True, sip("OPTIONS", number)) for number in range(20, 130)]
        run.lines[-2:-2] = [passed(1, "out", data) for _, data in filler]
        run.sip_pieces = run.sip_pieces + [(False, sip("BYE", 7))] + filler
        self.assert_fails(run, "are on the wire and not in the recording")

    def test_what_the_peer_closed_upon_is_counted_and_allowed(self):
        run = Run()
        run.lines = run.as_recorded()
        at = len(run.lines) - 2
        run.lines.insert(at, passed(2, "out", msrp_report("tid8hhhh")))
        code, text = self.outcome(run)
        self.assertEqual(code, 0, text)
        self.assertIn("not sent any more 1", text)


class Captures(unittest.TestCase):
    def test_streams_are_put_together_from_repeated_and_disordered_segments(self):
        import capture_file

        wire = Wire()
        data = sip("INVITE", 1, SDP, "application/sdp")
        wire.packet(1, 2, 4294967000, 0, 2)  # its sequence numbers pass 2^32
        first = 4294967001
        for start, end in ((0, 100), (200, 400), (0, 100), (50, 250), (400, len(data))):
            wire.packet(1, 2, (first + start) % 2**32, 0, 24, data[start:end])
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.pcapng")
            wire.write(path)
            (connection,) = capture_file.connections_of(capture_file.read_capture(path).packets)
        stream = connection.streams["127.0.0.1:1"]
        self.assertEqual(bytes(stream.data), data)
        self.assertFalse(connection.has_gap)
        self.assertEqual(stream.packet_at(150).number, 5)

    def test_a_hole_is_noticed(self):
        import capture_file

        wire = Wire()
        wire.packet(1, 2, 10, 0, 2)
        wire.packet(1, 2, 11, 0, 24, b"abc")
        wire.packet(1, 2, 20, 0, 24, b"def")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.pcapng")
            wire.write(path)
            (connection,) = capture_file.connections_of(capture_file.read_capture(path).packets)
        self.assertTrue(connection.has_gap)
        self.assertEqual(bytes(connection.streams["127.0.0.1:1"].data), b"abc")


if __name__ == "__main__":
    unittest.main()
