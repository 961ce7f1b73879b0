import MailSearch

/// Making the dictionary that texts are compressed with.
extension BatchWriter {
    /// Messages from which a dictionary is made, as soon as the index has them.
    static let leastTrained: Int64 = 500
    static let mostTrained: Int64 = 2_000
    /// Octets of their texts at most.
    static let trainedBytes = 16 << 20

    /// Reads the index's dictionary, which another process may have made.
    func readDictionary() throws {
        guard dictionary == nil else { return }
        guard let id = try sql.newestDictionary.runForInteger() else { return }
        dictionary = try dictionaries.dictionary(id, database)
    }

    /// Makes the dictionary of the first batch, where that brings mail enough by itself: before any of it is kept.
    func makeDictionary(of additions: [PlacedDocument]) throws {
        guard dictionary == nil, messageCount == 0, additions.count >= BatchWriter.leastTrained else { return }
        var size = 0
        var samples: [[UInt8]] = []
        for document in additions.lazy.map(\.document).prefix(Int(BatchWriter.mostTrained)) {
            guard size < BatchWriter.trainedBytes else { break }
            let sample = Self.sample(
                document.columns.fields, document.preview, document.body, document.attachmentText)
            size += sample.count
            samples.append(sample)
        }
        dictionary = try keepDictionary(TextDictionary.train(samples))
    }

    private static func sample(_ texts: String...) -> [UInt8] { texts.flatMap { Array($0.utf8) } }

    /// Puts what was trained into the index; nil for nothing.
    private func keepDictionary(_ bytes: [UInt8]?) throws -> TextDictionary? {
        guard let bytes, let made = TextDictionary(id: 1, bytes: bytes, isForWriting: true) else { return nil }
        sql.insertDictionary.bind(1, made.id)
        sql.insertDictionary.bind(2, bytes)
        try sql.insertDictionary.run()
        return made
    }

    /// Once there is mail enough: makes the dictionary, and compresses with it what was kept without. Where the texts have
    /// too little in common, it is tried again with twice as many.
    func makeDictionary() throws {
        guard dictionary == nil, messageCount >= max(BatchWriter.leastTrained, nextTraining) else { return }
        nextTraining = messageCount * 2
        var texts: [(number: Int64, fields: String, preview: String, body: String, attachments: String)] = []
        var size = 0
        sql.newestTexts.bind(1, BatchWriter.mostTrained)
        try sql.newestTexts.forEachRow { row in
            guard size < BatchWriter.trainedBytes else { return }
            try row.withBytes(1) { bytes in
                try dictionaries.withTexts(bytes, database) { stored in
                    size += stored.preview.count + stored.body.count + stored.attachments.count
                    texts.append(
                        (
                            row.integer(0), DocumentFields.encode(stored.fields.texts),
                            String(decoding: stored.preview, as: UTF8.self),
                            String(decoding: stored.body, as: UTF8.self),
                            String(decoding: stored.attachments, as: UTF8.self)
                        ))
                }
            }
        }
        let samples = texts.map { Self.sample($0.fields, $0.preview, $0.body, $0.attachments) }
        guard let made = try keepDictionary(TextDictionary.train(samples)) else { return }
        for text in texts {
            let stored = TextCodec.encode(
                fields: text.fields, preview: text.preview, body: text.body, attachments: text.attachments,
                dictionary: made)
            sql.replaceText.bind(1, stored)
            sql.replaceText.bind(2, text.number)
            try sql.replaceText.run()
        }
        dictionary = made
    }

    /// A document's text as this index keeps it.
    func compressedText(of document: MessageDocument) -> [UInt8] {
        if document.dictionary === dictionary { return document.compressedText }
        return TextCodec.encode(
            fields: document.columns.fields, preview: document.preview, body: document.body,
            attachments: document.attachmentText, dictionary: dictionary)
    }
}
