import MailIndex
import MailSearch
import Synchronization

/// Answers to late searches, as long as the index stays as it is.
///
/// Programs ask the same again and again: who types goes back a letter, who turns pages comes back, a bar on a desktop
/// asks each minute. Queries with times relative to now differ from minute to minute, and so are asked anew.
final class SearchAnswers: Sendable {
    struct Key: Hashable, Sendable {
        var query: SearchQuery
        /// Without a deadline.
        var options: SearchOptions
    }

    /// Octets of answers kept, at most.
    static let capacity = 32 << 20
    /// Octets of an answer that is kept, at most.
    static let largest = 512 << 10

    /// Two generations: when the newer one is full, it becomes the older one, and what was not asked for in its time
    /// goes.
    private struct Contents {
        var stamp: IndexStamp?
        var newer: [Key: [UInt8]] = [:]
        var older: [Key: [UInt8]] = [:]
        /// Octets in `newer`.
        var size = 0

        mutating func keep(_ answer: [UInt8], for key: Key) {
            if size + answer.count > SearchAnswers.capacity / 2 {
                older = newer
                newer = [:]
                size = 0
            }
            if newer.updateValue(answer, forKey: key) == nil { size += answer.count }
        }
    }

    private let contents = Mutex(Contents())

    func answer(_ key: Key, _ stamp: IndexStamp) -> [UInt8]? {
        contents.withLock { contents in
            guard contents.stamp == stamp else { return nil }
            if let known = contents.newer[key] { return known }
            guard let known = contents.older.removeValue(forKey: key) else { return nil }
            contents.keep(known, for: key)
            return known
        }
    }

    func keep(_ answer: [UInt8], for key: Key, _ stamp: IndexStamp) {
        guard answer.count <= Self.largest else { return }
        contents.withLock { contents in
            if contents.stamp != stamp { contents = Contents(stamp: stamp) }
            contents.keep(answer, for: key)
        }
    }
}
