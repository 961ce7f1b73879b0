import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a server said, in one file or test of the corpus.
struct Transcript: Sendable {
    var name: String
    var bytes: [UInt8]
}

/// The shared corpus' server sides. Each is nil where ../shared is not here.
enum Corpus {
    /// ../shared beside the package, or where TRAWL_SHARED says.
    static let root: String? = {
        if let path = getenv("TRAWL_SHARED") { return String(cString: path) }
        // …/PACKAGE/Tests/IMAPCoreTests/Support/Corpus.swift
        var parts = "\(#filePath)".split(separator: "/")
        guard parts.count > 5 else { return nil }
        parts.removeLast(5)
        let path = "/" + parts.joined(separator: "/") + "/shared"
        return access(path, R_OK) == 0 ? path : nil
    }()

    private static func files(in folder: String) -> [(name: String, bytes: [UInt8])]? {
        guard let root else { return nil }
        let start = root + "/corpus/imap/" + folder
        guard access(start, R_OK) == 0 else { return nil }
        var found: [(name: String, bytes: [UInt8])] = []
        var folders = [start]
        while let folder = folders.popLast() {
            guard let stream = opendir(folder) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name.hasPrefix(".") { continue }
                let path = folder + "/" + name
                var info = stat()
                guard stat(path, &info) == 0 else { continue }
                if info.st_mode & S_IFMT == S_IFDIR {
                    folders.append(path)
                } else if let bytes = read(path) {
                    found.append((String(path.dropFirst(start.count + 1)), bytes))
                }
            }
        }
        return found.sorted { $0.name < $1.name }
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { return bytes }
            bytes.append(contentsOf: block[0..<count])
        }
    }

    private static func withCRLF(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + bytes.count / 30)
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0A, index == 0 || bytes[index - 1] != 0x0D { out.append(0x0D) }
            out.append(byte)
        }
        return out
    }

    /// Each file is the server's side of one command; `A########` stands for the tag.
    static func mailKit() -> [Transcript]? {
        files(in: "mailkit")?.filter { $0.name.hasSuffix(".txt") }.map { file in
            var bytes = withCRLF(file.bytes)
            var index = 0
            while index + 9 <= bytes.count {
                if bytes[index] == 0x41, bytes[index + 1..<index + 9].allSatisfy({ $0 == 0x23 }) {
                    for place in index + 1..<index + 9 { bytes[place] = 0x30 }
                }
                index += 1
            }
            return Transcript(name: file.name, bytes: bytes)
        }
    }

    /// Scripts of commands and expected replies: `$name` stands for a value, `{{{ … }}}` for a literal.
    static func imaptest() -> [Transcript]? {
        files(in: "imaptest")?.filter { !$0.name.hasSuffix(".mbox") }.map { file in
            let lines = String(decoding: file.bytes, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            var out: [UInt8] = []
            var index = 0
            while index < lines.count {
                var line = String(lines[index])
                index += 1
                guard line.hasPrefix("* ") else { continue }
                while line.hasSuffix("{{{") {
                    var body: [UInt8] = []
                    while index < lines.count, !lines[index].hasPrefix("}}}") {
                        body += Array(lines[index].utf8) + [0x0D, 0x0A]
                        index += 1
                    }
                    out += Array(substituted(String(line.dropLast(3))).utf8)
                    out += Array("{\(body.count)}\r\n".utf8) + body
                    line = index < lines.count ? String(lines[index].dropFirst(3)) : ""
                    index += 1
                }
                out += Array(substituted(line).utf8) + [0x0D, 0x0A]
            }
            return Transcript(name: file.name, bytes: out)
        }
    }

    /// With numbers, dates and names in the variables' places.
    private static func substituted(_ line: String) -> String {
        var out = ""
        var rest = Substring(line)
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" || rest.first == "!" {
                if rest.first == "$" { out += "$" }
                rest = rest.dropFirst()
                continue
            }
            let name = rest.hasPrefix("{") ? rest.prefix { $0 != "}" } : rest.prefix { $0.isLetter || $0.isNumber }
            rest = rest.dropFirst(name.count + (name.hasPrefix("{") ? 1 : 0))
            let digits = String(name.filter(\.isNumber))
            if name.hasPrefix("date") {
                out += "\"17-Jul-1996 02:44:25 -0700\""
            } else if name.hasPrefix("body") {
                out += "\"text\""
            } else if name.hasPrefix("mailbox") || name.hasPrefix("{mailbox") || name.hasPrefix("user") {
                out += "box" + digits
            } else {
                out += digits.isEmpty || digits.hasPrefix("0") ? "7" : digits
            }
        }
        return out + rest
    }

    /// `<data>` holds untagged lines, or the message that the test server wraps in a FETCH; `<servercmd>` the lines
    /// that replace the server's own.
    static func curl() -> [Transcript]? {
        files(in: "curl")?.compactMap { file in
            let text = String(decoding: file.bytes, as: UTF8.self)
            var out: [UInt8] = []
            for part in sections(text, "data") {
                if part.hasPrefix("*") || part.hasPrefix("+") {
                    out += withCRLF(Array(part.utf8))
                } else {
                    let body = withCRLF(Array(part.utf8))
                    out += Array("* 123 FETCH (BODY[1] {\(body.count)}\r\n".utf8) + body + Array(")\r\n".utf8)
                }
            }
            for part in sections(text, "servercmd") {
                for line in part.split(separator: "\n") where line.hasPrefix("REPLY ") {
                    // `REPLY COMMAND text`, the command in quotation marks or `%b64[…]b64%` where it holds spaces.
                    var reply = line.dropFirst(6)
                    if reply.hasPrefix("%b64["), let end = reply.range(of: "]b64%") {
                        reply = reply[end.upperBound...].dropFirst()
                    } else if reply.hasPrefix("\"") {
                        reply = reply.dropFirst().drop { $0 != "\"" }.dropFirst(2)
                    } else {
                        reply = reply.drop { $0 != " " }.dropFirst()
                    }
                    if reply.hasPrefix("*") || reply.hasPrefix("+") || reply.dropFirst().hasPrefix("00") {
                        out += Array(reply.utf8) + [0x0D, 0x0A]
                    } else if !reply.isEmpty {
                        out += Array("A001 \(reply)".utf8) + [0x0D, 0x0A]
                    }
                }
            }
            return out.isEmpty ? nil : Transcript(name: file.name, bytes: out)
        }
    }

    private static func sections(_ text: String, _ name: String) -> [String] {
        var result: [String] = []
        var rest = text[...]
        while let start = rest.range(of: "<" + name), let open = rest[start.upperBound...].firstIndex(of: ">"),
            let end = rest[open...].range(of: "</" + name + ">")
        {
            result.append(String(rest[rest.index(after: open)..<end.lowerBound].drop { $0 == "\n" || $0 == "\r\n" }))
            rest = rest[end.upperBound...]
        }
        return result
    }

    /// YAML whose `:response:` is a double-quoted scalar.
    static func rubyNetIMAP() -> [Transcript]? {
        files(in: "ruby-net-imap")?.flatMap { file -> [Transcript] in
            let bytes = file.bytes
            let key = Array(":response:".utf8)
            var found: [Transcript] = []
            var index = 0
            while index + key.count < bytes.count {
                guard bytes[index] == key[0], Array(bytes[index..<index + key.count]) == key else {
                    index += 1
                    continue
                }
                index += key.count
                while index < bytes.count, bytes[index] != 0x22 { index += 1 }
                let response = quoted(bytes, &index)
                found.append(Transcript(name: "\(file.name)#\(found.count + 1)", bytes: response))
            }
            return found
        }
    }

    private static func quoted(_ bytes: [UInt8], _ index: inout Int) -> [UInt8] {
        var out: [UInt8] = []
        index += 1
        func skipIndentation() {
            while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        }
        while index < bytes.count, bytes[index] != 0x22 {
            let byte = bytes[index]
            index += 1
            if byte == 0x0A {
                while out.last == 0x20 { out.removeLast() }
                skipIndentation()
                out.append(0x20)
            } else if byte == 0x5C, index < bytes.count {
                let escape = bytes[index]
                index += 1
                switch escape {
                case UInt8(ascii: "r"): out.append(0x0D)
                case UInt8(ascii: "n"): out.append(0x0A)
                case UInt8(ascii: "t"): out.append(0x09)
                case UInt8(ascii: "0"): out.append(0)
                case 0x0A: skipIndentation()
                case UInt8(ascii: "x"), UInt8(ascii: "u"):
                    let count = escape == UInt8(ascii: "x") ? 2 : 4
                    let digits = String(decoding: bytes[index..<min(index + count, bytes.count)], as: UTF8.self)
                    index += count
                    if let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) {
                        out += Array(String(Character(scalar)).utf8)
                    }
                default: out.append(escape)
                }
            } else {
                out.append(byte)
            }
        }
        index += 1
        return out
    }
}

extension StringProtocol {
    /// The first place of `text`, in plain Swift.
    func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start != endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
