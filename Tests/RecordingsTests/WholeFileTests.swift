import Diagnostics
import Foundation
import Testing

@testable import Recordings

struct WholeFileTests {
    @Test("A written file is whole, readable by all, and leaves no temporary file beside it")
    func writes() throws {
        try Sample.withFolder { folder in
            let path = folder + "/a.ndjson"
            try RecordingWriter.write(Recording(header: Sample.header, lines: []), to: path)
            try RecordingWriter.write(Sample.recording, to: path)
            #expect(try RecordingReader.read(path).lines == Sample.lines)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.ndjson"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o644)
        }
    }

    @Test("What cannot be written is told with place and reason, and what stood there stays")
    func cannotWrite() throws {
        try Sample.withFolder { folder in
            let path = folder + "/missing/a.ndjson"
            let problem = #expect(throws: Diagnostic.self) { try WholeFile.write([1], to: path) }
            #expect(problem?.family == .output)
            #expect(problem?.description.contains("\(path): cannot write: No such file or directory") == true)
            // A folder in the way of the last step.
            try FileManager.default.createDirectory(atPath: folder + "/taken/x", withIntermediateDirectories: true)
            #expect(throws: Diagnostic.self) { try WholeFile.write([1], to: folder + "/taken") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
        }
    }

    @Test("A full disk is noticed", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() throws {
        let file = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        #expect(WholeFile.fill(file.fileDescriptor, with: [1, 2, 3]) == ENOSPC)
    }

    @Test("Folders are made with those above them; a file in the way is told")
    func folders() throws {
        try Sample.withFolder { folder in
            try WholeFile.makeFolder(folder + "/a/b/c/")
            try WholeFile.makeFolder(folder + "/a/b/c")
            try WholeFile.write([1], to: folder + "/a/file")
            #expect(throws: Diagnostic.self) { try WholeFile.makeFolder(folder + "/a/file") }
            #expect(throws: Diagnostic.self) { try WholeFile.makeFolder(folder + "/a/file/d") }
        }
    }

    @Test("Missing files, folders, devices and files beyond the limit are not read")
    func cannotRead() throws {
        try Sample.withFolder { folder in
            try WholeFile.write([1, 2, 3], to: folder + "/three")
            #expect(try WholeFile.read(folder + "/three", limit: 3) == [1, 2, 3])
            for (path, code) in [
                (folder + "/three", "input.too-large"), (folder, "input.cannot-read"),
                (folder + "/none", "input.cannot-read"), ("/dev/zero", "input.cannot-read"),
            ] {
                let problem = #expect(throws: Diagnostic.self) { try WholeFile.read(path, limit: 2) }
                #expect(problem?.code == code)
                #expect(problem?.family == .input)
            }
        }
    }
}
