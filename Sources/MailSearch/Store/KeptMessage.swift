import Synchronization

/// A message as it was decoded: its texts, and what of ``Email`` is told by them alone.
///
/// Everything else that is shown of a message (its id, thread, flags, places, dates) is the index's at the moment, and
/// not in here.
package final class KeptMessage: Sendable {
    /// The value of `document.text` that all else was made of.
    private let stored: [UInt8]
    private let dictionary: TextDictionary?
    private let decoded: [UInt8]
    /// See ``EmailReader``.
    let email: Email
    private let presentation = Mutex<[[UInt8]]?>(nil)

    /// Nil for bytes that can't be read.
    init?(_ stored: UnsafeRawBufferPointer, _ dictionary: TextDictionary?, _ email: (TextCodec.Texts) -> Email) {
        guard
            let (decoded, email) = TextCodec.withDecoded(
                stored, dictionary, { ([UInt8]($0.all), email($0)) })
        else { return nil }
        self.stored = [UInt8](stored)
        self.dictionary = dictionary
        self.decoded = decoded
        self.email = email
    }

    /// Whether the same comes of these bytes.
    func isMade(of bytes: UnsafeRawBufferPointer, _ dictionary: TextDictionary?) -> Bool {
        self.dictionary === dictionary && stored.withUnsafeBytes { ColumnText.areEqual($0, bytes) }
    }

    func withTexts<R>(_ body: (TextCodec.Texts) throws -> R) rethrows -> R? {
        try stored.withUnsafeBytes { stored in
            try decoded.withUnsafeBytes { decoded in try TextCodec.texts(in: decoded, of: stored).map(body) }
        }
    }

    /// What who shows messages made of `email`'s lasting part, which is made once.
    package func presentation(_ make: (Email) -> [[UInt8]]) -> [[UInt8]] {
        if let known = presentation.withLock({ $0 }) { return known }
        let made = make(email)
        presentation.withLock { $0 = made }
        return made
    }

    /// Octets that it holds, more or less.
    var size: Int { stored.count + decoded.count + KeptMessages.overhead }
}
