/// A state of the index as text: the number of its last change.
package enum ChangeState {
    package static func text(_ change: Int64) -> String { String(change) }

    /// Nil for what `text` did not write.
    package static func change(_ text: String) -> Int64? {
        guard let change = Int64(text), change >= 0, String(change) == text else { return nil }
        return change
    }
}
