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
        let samples = texts.map {
            Array($0.fields.utf8) + Array($0.preview.utf8) + Array($0.body.utf8) + Array($0.attachments.utf8)
        }
        guard let bytes = TextDictionary.train(samples),
            let made = TextDictionary(id: 1, bytes: bytes, isForWriting: true)
        else { return }
        sql.insertDictionary.bind(1, made.id)
        sql.insertDictionary.bind(2, bytes)
        try sql.insertDictionary.run()
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
