import MailSearch

/// By what the text of new documents is compressed: ``IndexStore/compression``, asked for shortly before they are made.
///
/// A document may go into any index whatever it was compressed with; the writer does it again where it must.
public struct TextCompression: Sendable {
    let dictionary: TextDictionary?

    /// Without what other messages have in common with it.
    public static let plain = TextCompression(dictionary: nil)
}

extension IndexStore {
    /// What suits this index best at this moment.
    public var compression: TextCompression { TextCompression(dictionary: dictionaries.newest) }
}
