/// Takes the tokens that ``TextScanner`` finds.
protocol TokenSink {
    /// One token: its folded UTF-8 (valid during the call) and the bytes of the text that it stands for.
    ///
    /// - Parameter isColocated: the token stands at the position of the one before it.
    /// - Returns: false to stop.
    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool

    // MARK: Sinks that want few tokens

    /// Whether it says beforehand which tokens it wants. Most of the others are then passed over, which takes a fraction
    /// of what it takes to fold them.
    static var isChoosy: Bool { get }
    /// Whether a token may be wanted that begins with this character, folded.
    func mayWant(_ first: UInt32) -> Bool
    /// Whether one may be wanted that has this character, folded, behind the first.
    func mayWant(second: UInt32) -> Bool
    /// The beginnings of what may be wanted, by which it is found faster than by looking at each word.
    var beginnings: WordBeginnings { get }
    var runBeginnings: RunBeginnings { get }
    /// Instead of `take`, for so many tokens that are not wanted, or more. Each stands at a position of its own.
    mutating func pass(_ count: Int)
    /// What begins here or further down in the text is not wanted.
    var wantedEnd: Int { get }
}

extension TokenSink {
    static var isChoosy: Bool { false }
    func mayWant(_ first: UInt32) -> Bool { true }
    func mayWant(second: UInt32) -> Bool { true }
    var beginnings: WordBeginnings { WordBeginnings() }
    var runBeginnings: RunBeginnings { RunBeginnings() }
    mutating func pass(_ count: Int) {}
    var wantedEnd: Int { .max }
}
