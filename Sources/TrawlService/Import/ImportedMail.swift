import MailIndex

/// The octets of imported messages, read again from where they came from.
public struct ImportedMail: Sendable {
    let data: String

    public init(data: String) { self.data = data }

    /// The whole message, or nil where it wasn't imported or its file is no more.
    ///
    /// - Parameter email: as the index gives it.
    public func raw(_ email: Email) -> [UInt8]? {
        let places = email.places.filter { $0.account == MailImport.account }
        guard !places.isEmpty else { return nil }
        let known = ImportCache.known(in: data)
        for place in places {
            for source in known where source.mailbox == place.mailbox {
                var cache = ImportCache(source: source.source, mailbox: source.mailbox, data: data)
                cache.load()
                guard let (name, entry) = cache.entries.first(where: { $0.value.uid == place.uid }) else { continue }
                if let bytes = read(name, entry, source.source, cache.key) { return bytes }
            }
        }
        return nil
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
