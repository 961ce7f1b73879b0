/// A message as the index tells it in one snapshot, its text not decoded yet: ``EmailDecoder`` does that, on any thread.
///
/// An instance for all of it: who makes hits hands it on a dozen times.
final class StoredEmail: Sendable {
    /// What the index says of it at the moment.
    struct State: Sendable {
        var id: EmailID
        var threadID: EmailID
        var flags: EmailFlags
        var date: Int64
        var sentAt: Int64?
        var receivedAt: Int64?
        var size: Int
        var isTruncated: Bool
        var keywords: [String] = []
        var labels: [String] = []
        var places: [EmailPlace] = []
    }

    let state: State
    /// `document.text`
    let text: [UInt8]
    /// What that was compressed with.
    let dictionary: TextDictionary?

    init(_ state: State, text: [UInt8], _ dictionary: TextDictionary?) {
        self.state = state
        self.text = text
        self.dictionary = dictionary
    }
}
