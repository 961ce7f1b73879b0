/// A password or token that no description, log or error ever shows.
///
/// The text can be reached through `withExposedText` alone, so that each use can be found by that name.
public struct Secret: Sendable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Calls `body` with the text in the clear.
    public func withExposedText<R>(_ body: (String) throws -> R) rethrows -> R {
        try body(text)
    }

    var utf8: [UInt8] { Array(text.utf8) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    // Without this, dump() and string interpolation of an enclosing value would show the stored text.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Equatable {
    public static func == (a: Secret, b: Secret) -> Bool {
        a.text.utf8.elementsEqual(b.text.utf8)
    }
}
