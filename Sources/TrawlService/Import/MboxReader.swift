#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One message of an mbox file.
struct MboxMessage: Sendable {
    /// Where its `From ` line begins in the file.
    var offset: Int
    /// Header and body with `>From ` unquoted, without the `From ` line.
    var bytes: [UInt8]
    /// The date of the `From ` line is not read: it is local time of a machine long gone.
    var isCut: Bool
}

/// Reads an mbox file message by message: mboxo, mboxrd, and those with Content-Length where it can be believed.
///
/// A message begins at a `From ` line at the file's start or behind a blank line, where the line has a time or what
/// follows it is a header. Bodies with unquoted `From ` lines that pass for both are cut in two, as by every reader.
struct MboxReader: ~Copyable {
    /// Octets of one message that are read; what goes beyond is left out (and ``MboxMessage/isCut`` tells).
    static let longestMessage = 64 << 20

    private let descriptor: Int32
    private let path: String
    private let chunk: Int
    private var buffer: [UInt8] = []
    /// Where `buffer` begins in the file.
    private var base = 0
    private var start = 0
    private var isAtEnd = false

    init(path: String, chunk: Int = 1 << 20) throws(ServiceError) {
        self.path = path
        self.chunk = chunk
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ServiceError(.fileUnusable, "\(path): \(Files.lastErrorText())") }
    }

    deinit { close(descriptor) }

    /// The message at an offset told by ``MboxMessage/offset``, or nil where none begins there.
    static func message(at offset: Int, in path: String) throws(ServiceError) -> [UInt8]? {
        var reader = try MboxReader(path: path)
        guard lseek(reader.descriptor, off_t(offset), SEEK_SET) >= 0 else { return nil }
        reader.base = offset
        return try reader.next()?.bytes
    }

    /// The next message, or nil at the end.
    mutating func next() throws(ServiceError) -> MboxMessage? {
        try skipToFirstSeparator()
        guard start < buffer.count else { return nil }
        let offset = base + start
        var scan = try lineEnd(after: start)
        let contentStart = scan
        var isCut = false
        if let end = try endByContentLength(from: contentStart) {
            scan = end
        } else {
            while true {
                if scan >= buffer.count {
                    guard try fill() else { break }
                    continue
                }
                if try isSeparator(at: scan, isFirst: false) { break }
                if scan - contentStart > Self.longestMessage {
                    isCut = true
                    break
                }
                scan = try lineEnd(after: scan)
            }
        }
        var end = scan
        if !isCut, end - contentStart >= 1, buffer[end - 1] == 10 {
            // The blank line before the next `From ` is the format's, not the message's.
            if end - contentStart >= 2, buffer[end - 2] == 10 {
                end -= 1
            } else if end - contentStart >= 3, buffer[end - 2] == 13, buffer[end - 3] == 10 {
                end -= 2
            }
        }
        let bytes = Self.unquoted(buffer[contentStart..<max(end, contentStart)])
        start = scan
        if isCut { try skipRest() }
        compact()
        return MboxMessage(offset: offset, bytes: bytes, isCut: isCut)
    }

    /// After a message that was cut: on to the next separator.
    private mutating func skipRest() throws(ServiceError) {
        while true {
            if start >= buffer.count {
                compact()
                guard try fill() else { return }
                continue
            }
            if try isSeparator(at: start, isFirst: false) { return }
            start = try lineEnd(after: start)
            if start > 4 * chunk { compact() }
        }
    }

    /// Blank lines and what isn't mail before the first `From ` line.
    private mutating func skipToFirstSeparator() throws(ServiceError) {
        while true {
            if start >= buffer.count {
                compact()
                guard try fill() else { return }
                continue
            }
            if try has("From ", at: start) { return }
            start = try lineEnd(after: start)
        }
    }

    // MARK: Separators

    private mutating func isSeparator(at index: Int, isFirst: Bool) throws(ServiceError) -> Bool {
        guard buffer[index] == UInt8(ascii: "F"), try has("From ", at: index) else { return false }
        let end = try lineEnd(after: index)
        let hasTime = Self.hasTime(buffer[index..<end])
        let isBehindBlank = isBlankLine(endingAt: index)
        if isBehindBlank, hasTime { return true }
        let isBeforeHeader = try beginsWithHeader(at: end)
        if isBehindBlank { return isBeforeHeader }
        // Some writers forget the blank line; then both other signs must be there.
        return hasTime && isBeforeHeader
    }

    /// Whether the line that ends right before `index` is blank.
    private func isBlankLine(endingAt index: Int) -> Bool {
        guard index >= 1, buffer[index - 1] == 10 else { return index == 0 }
        if index == 1 { return true }
        if buffer[index - 2] == 10 { return true }
        return buffer[index - 2] == 13 && (index == 2 || buffer[index - 3] == 10)
    }

    /// `dd:dd` somewhere in the line.
    private static func hasTime(_ line: ArraySlice<UInt8>) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard line.count >= 5 else { return false }
        for index in (line.startIndex + 1)..<(line.endIndex - 2)
        where line[index] == UInt8(ascii: ":") && isDigit(line[index - 1]) && isDigit(line[index + 1])
            && isDigit(line[index + 2])
        {
            return true
        }
        return false
    }

    /// Whether a header field's name and colon (or a quoted `>From`, which old programs left there) stand at `index`.
    private mutating func beginsWithHeader(at index: Int) throws(ServiceError) -> Bool {
        if try has(">From ", at: index) { return true }
        _ = try lineEnd(after: index)
        var at = index
        while at < buffer.count, buffer[at] > 0x20, buffer[at] < 0x7F {
            if buffer[at] == UInt8(ascii: ":") { return at > index }
            at += 1
        }
        return false
    }

    /// Where the message ends by its Content-Length, if a separator or the file's end stands there.
    private mutating func endByContentLength(from contentStart: Int) throws(ServiceError) -> Int? {
        var at = contentStart
        var length: Int?
        while true {
            let end = try lineEnd(after: at)
            guard end > at else { return nil }
            if buffer[at] == 10 || (buffer[at] == 13 && end == at + 2) {
                at = end
                break
            }
            if length == nil { length = Self.contentLength(buffer[at..<end]) }
            at = end
            if at - contentStart > 1 << 20 { return nil }
        }
        guard let length, length > 0, length <= Self.longestMessage else { return nil }
        while buffer.count < at + length + 8 {
            guard try fill() else { break }
        }
        guard at + length <= buffer.count else { return nil }
        var end = at + length
        // The blank lines behind it.
        while end < buffer.count, buffer[end] == 10 || buffer[end] == 13 { end += 1 }
        if end == buffer.count { return isAtEnd ? end : nil }
        return try has("From ", at: end) && (end == 0 || buffer[end - 1] == 10) ? end : nil
    }

    private static func contentLength(_ line: ArraySlice<UInt8>) -> Int? {
        let name = "content-length:"
        guard line.count > name.utf8.count, zip(line, name.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else {
            return nil
        }
        let digits = line.dropFirst(name.utf8.count).filter { $0 > 0x20 }
        guard !digits.isEmpty, digits.count <= 12, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    // MARK: Octets

    /// Behind the line feed that ends the line at `index`, or the end of the file.
    private mutating func lineEnd(after index: Int) throws(ServiceError) -> Int {
        var searched = index
        while true {
            let from = searched
            let found = buffer.withUnsafeBytes { bytes -> Int? in
                guard let start = bytes.baseAddress, from < bytes.count,
                    let place = memchr(start + from, 10, bytes.count - from)
                else { return nil }
                return UnsafeRawPointer(place) - start
            }
            if let found { return found + 1 }
            searched = buffer.count
            guard try fill() else { return buffer.count }
        }
    }

    private mutating func has(_ text: StaticString, at index: Int) throws(ServiceError) -> Bool {
        let count = text.utf8CodeUnitCount
        while buffer.count < index + count {
            guard try fill() else { return false }
        }
        return text.withUTF8Buffer { $0.elementsEqual(buffer[index..<index + count]) }
    }

    private mutating func fill() throws(ServiceError) -> Bool {
        guard !isAtEnd else { return false }
        while true {
            var failure: Int32 = 0
            let descriptor = descriptor
            let piece = [UInt8](unsafeUninitializedCapacity: chunk) { bytes, count in
                let result = read(descriptor, bytes.baseAddress, bytes.count)
                failure = result < 0 ? errno : 0
                count = max(result, 0)
            }
            if failure == EINTR { continue }
            guard failure == 0 else {
                throw ServiceError(.fileUnusable, "\(path): \(Files.text(ofError: failure))")
            }
            if piece.isEmpty { isAtEnd = true }
            buffer += piece
            return !piece.isEmpty
        }
    }

    private mutating func compact() {
        guard start > 0 else { return }
        // The last line end stays, so that what is behind it can be seen to begin a line.
        guard start >= chunk || start == buffer.count else { return }
        let keep = min(start, 4)
        buffer.removeFirst(start - keep)
        base += start - keep
        start = keep
    }

    /// mboxrd quotes `>*From ` with one more `>`; mboxo quotes `From ` alone. Taking one off is right for both, save
    /// that mboxo's writers leave `>From ` that stood there unmarked.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var lineStart = bytes.startIndex
        var copied = bytes.startIndex
        bytes.withUnsafeBytes { raw in
            let offset = bytes.startIndex
            while lineStart < bytes.endIndex {
                if raw[lineStart - offset] == UInt8(ascii: ">") {
                    var at = lineStart - offset
                    while at < raw.count, raw[at] == UInt8(ascii: ">") { at += 1 }
                    if at + 5 <= raw.count, "From ".utf8.elementsEqual(raw[at..<at + 5]) {
                        result.append(contentsOf: raw[(copied - offset)..<(lineStart - offset)])
                        copied = lineStart + 1
                    }
                }
                guard let base = raw.baseAddress,
                    let place = memchr(base + (lineStart - offset), 10, raw.count - (lineStart - offset))
                else { break }
                lineStart = offset + (UnsafeRawPointer(place) - base) + 1
            }
            result.append(contentsOf: raw[(copied - offset)..<raw.count])
        }
        return result
    }
}
