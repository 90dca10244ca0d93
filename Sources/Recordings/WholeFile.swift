public import Diagnostics

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Reads and writes files in one piece, with diagnostics that name the file and what the system said.
public enum WholeFile {
    /// Writes a temporary file in the same folder, then renames it: `path` holds all of `bytes` or what it held before.
    ///
    /// Throws a diagnostic of the family `output`, code `output.cannot-write`.
    public static func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
        var template = Array("\(path).part-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw cannotWrite(path) }
        let failure = fill(descriptor, with: bytes)
        close(descriptor)
        if let failure {
            unlink(template)
            throw cannotWrite(path, failure)
        }
        guard rename(template, path) == 0 else {
            let failure = errno
            unlink(template)
            throw cannotWrite(path, failure)
        }
    }

    /// Makes a folder and those above it, if they are not there yet.
    ///
    /// Throws a diagnostic of the family `output`, code `output.cannot-write`.
    public static func makeFolder(_ path: String) throws(Diagnostic) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
            if mkdir(made, 0o777) != 0 {
                let failure = errno
                guard failure == EEXIST || isFolder(made) else { throw cannotWrite(path, failure) }
            }
        }
        guard isFolder(path.isEmpty ? "." : path) else { throw cannotWrite(path, ENOTDIR) }
    }

    /// Removes a file; nothing happens when it is not there.
    ///
    /// Throws a diagnostic of the family `output`, code `output.cannot-write`.
    public static func remove(_ path: String) throws(Diagnostic) {
        guard unlink(path) != 0 else { return }
        let failure = errno
        guard failure == ENOENT || failure == ENOTDIR else { throw cannotWrite(path, failure) }
    }

    /// Reads a regular file of at most `limit` bytes.
    ///
    /// Throws a diagnostic of the family `input`, code `input.cannot-read` or `input.too-large`.
    public static func read(_ path: String, limit: Int) throws(Diagnostic) -> [UInt8] {
        // Without O_NONBLOCK opening a named pipe would wait for a writer that never comes.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw cannotRead(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw cannotRead(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Diagnostic(
                .input, "input.cannot-read", at: SourcePlace(file: path), "this is not a regular file",
                instead: "name a file")
        }
        guard Int(status.st_size) <= limit else {
            throw Diagnostic(
                .input, "input.too-large", at: SourcePlace(file: path),
                "the file has \(status.st_size) bytes; no more than \(limit) are read")
        }
        return try read(descriptor, size: Int(status.st_size), path: path)
    }

    private static func read(_ descriptor: Int32, size: Int, path: String) throws(Diagnostic) -> [UInt8] {
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size, let base = buffer.baseAddress {
                #if canImport(Darwin)
                    let got = Darwin.read(descriptor, base + filled, size - filled)
                #elseif canImport(Musl)
                    let got = Musl.read(descriptor, base + filled, size - filled)
                #else
                    let got = Glibc.read(descriptor, base + filled, size - filled)
                #endif
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        if let failure { throw cannotRead(path, failure) }
        return bytes
    }

    /// The system's error number, if not everything could be written.
    static func fill(_ descriptor: Int32, with bytes: [UInt8]) -> Int32? {
        let failure: Int32? = bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count, let base = buffer.baseAddress {
                #if canImport(Darwin)
                    let put = Darwin.write(descriptor, base + written, buffer.count - written)
                #elseif canImport(Musl)
                    let put = Musl.write(descriptor, base + written, buffer.count - written)
                #else
                    let put = Glibc.write(descriptor, base + written, buffer.count - written)
                #endif
                if put > 0 {
                    written += put
                } else if put == 0 || errno != EINTR {
                    return put == 0 ? ENOSPC : errno
                }
            }
            return nil
        }
        if let failure { return failure }
        // mkstemp makes files that only their owner may read; reports are for others too.
        return fchmod(descriptor, 0o644) == 0 ? nil : errno
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func cannotWrite(_ path: String, _ failure: Int32 = errno) -> Diagnostic {
        Diagnostic(
            .output, "output.cannot-write", at: SourcePlace(file: path), "cannot write: \(words(failure))",
            instead: "free space or name another place with --reports")
    }

    private static func cannotRead(_ path: String, _ failure: Int32) -> Diagnostic {
        Diagnostic(
            .input, "input.cannot-read", at: SourcePlace(file: path), "cannot read: \(words(failure))",
            instead: "check the name and the rights")
    }

    private static func words(_ failure: Int32) -> String { String(cString: strerror(failure)) }
}
