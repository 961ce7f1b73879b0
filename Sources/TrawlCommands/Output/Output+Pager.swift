import Presentation

extension Output {
    /// - Parameter paged: where all that is written until `flush` goes to the reader's pager, if it is longer than that
    ///   terminal.
    init(paged: Terminal) {
        self.init(pager: paged.isTerminal ? { Pager.show($0, on: paged) } : nil)
    }
}
