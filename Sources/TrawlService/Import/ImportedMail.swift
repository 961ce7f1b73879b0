import MailIndex
import MailSearch
import Synchronization
import Presentation

/// The octets of imported messages, read again from where they came from.
///
/// What is known of a source is read once and kept: make a new one where an import may have been in between.
public final class ImportedMail: Sendable {
    /// A source, and its messages by their UIDs.
    private struct Source: Sendable {
        var path: String
        var mailbox: String
        var key: ContentHash.Key
        var messages: [UInt32: (name: String, entry: ImportCache.Entry)]
    }

    private let data: String
    /// By mailbox; nil until the first message is asked for.
    private let sources = Mutex<[String: [Source]]?>(nil)

    public init(data: String) { self.data = data }

    /// The whole message, or nil where it wasn't imported or its file is no more.
    ///
    /// - Parameter email: as the index gives it.
    public func raw(_ email: Email) -> [UInt8]? {
        let places = email.places.filter { $0.account == MailImport.account }
        guard !places.isEmpty else { return nil }
        let sources = loaded()
        for place in places {
            for source in sources[place.mailbox] ?? [] {
                guard let message = source.messages[place.uid] else { continue }
                if let bytes = read(message.name, message.entry, source.path, source.key) { return bytes }
            }
        }
        return nil
    }

    private func loaded() -> [String: [Source]] {
        sources.withLock { sources in
            if let sources { return sources }
            var found: [String: [Source]] = [:]
            for known in ImportCache.known(in: data) {
                var cache = ImportCache(source: known.source, mailbox: known.mailbox, data: data)
                cache.load()
                let messages = Dictionary(
                    cache.entries.map { ($0.value.uid, (name: $0.key, entry: $0.value)) }, uniquingKeysWith: { $1 })
                let source = Source(path: known.source, mailbox: known.mailbox, key: cache.key, messages: messages)
                found[known.mailbox, default: []].append(source)
            }
            sources = found
            return found
        }
    }

    private func read(_ name: String, _ entry: ImportCache.Entry, _ source: String, _ key: ContentHash.Key) -> [UInt8]?
    {
        guard let status = Files.status(source) else { return nil }
        if status.kind == .file {
            // Messages before it may have gone since; then its place in the file is another's.
            if let bytes = (try? MboxReader.message(at: Int(entry.stamp), in: source)) ?? nil,
                bytes.withUnsafeBytes({ ContentHash($0, key: key).text }) == name
            {
                return bytes
            }
            return find(name, in: source, key)
        }
        let plain = Paths.join(source, name)
        if Files.status(plain)?.kind == .file { return try? Files.read(plain, limit: SourceImport.longestMessage) }
        for folder in ["cur", "new"] {
            let path = Paths.join(source, folder)
            for file in ImportScanner.entries(of: path) where file.name.hasPrefix(name) {
                guard MaildirName(file.name).unique == name else { continue }
                return try? Files.read(Paths.join(path, file.name), limit: SourceImport.longestMessage)
            }
        }
        return nil
    }

    private func find(_ name: String, in path: String, _ key: ContentHash.Key) -> [UInt8]? {
        guard var reader = try? MboxReader(path: path) else { return nil }
        while let message = try? reader.next() {
            if message.bytes.withUnsafeBytes({ ContentHash($0, key: key).text }) == name { return message.bytes }
        }
        return nil
    }
}
