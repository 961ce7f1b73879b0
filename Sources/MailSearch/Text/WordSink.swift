/// A sink that looks for some words alone, and counts positions.
protocol WordSink: TokenSink {
    var sought: SoughtWords { get }
    /// Of the token that was read last.
    var position: Int { get set }
}

extension WordSink {
    static var isChoosy: Bool { true }

    @inline(__always)
    func mayWant(_ first: UInt32) -> Bool { sought.mayBegin(with: first) }

    @inline(__always)
    func mayWant(second: UInt32) -> Bool { sought.mayGoOn(with: second) }

    var beginnings: WordBeginnings { sought.beginnings }
    var runBeginnings: RunBeginnings { sought.runBeginnings }

    @inline(__always)
    mutating func pass(_ count: Int) { position &+= count }
}
