import GRDB
import MailSearch

extension IndexStore {
    /// Counts the documents of common words ahead, so that the totals of searches are told at once: in a large index, and
    /// where it was not done yet or much has changed since. Never needed for right answers.
    ///
    /// Takes a minute or more for a million messages, during which searches are answered and batches written.
    ///
    /// - Parameter isCancelled: asked now and again; once true, nothing is kept.
    /// - Returns: whether it was counted.
    @discardableResult
    public func countText(unless isCancelled: () -> Bool = { false }) throws -> Bool {
        try countText(TextCountLimits(), unless: isCancelled)
    }

    @discardableResult
    func countText(_ limits: TextCountLimits, unless isCancelled: () -> Bool = { false }) throws -> Bool {
        let writer = try requireWriter()
        guard let segments = try read({ try CountedSegments.due(limits, $0) }) else { return false }
        try writer.maintain { database in
            try database.inWriting { try TextCountsWriter.begin(segments, in: $0) }
        }
        // In a snapshot that is newer than the beginning, so that what is taken out after it was counted is noted.
        guard let counting = try read({ try TextCounting(segments, in: $0, limits, isCancelled) }) else { return false }
        return try writer.maintain { database in
            try database.inWriting { try TextCountsWriter.keep(counting, of: segments, in: $0) }
        }
    }
}
