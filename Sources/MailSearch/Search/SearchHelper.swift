/// Lends a search other threads of the process for a part of its work.
public protocol SearchHelper: Sendable {
    /// There will be work soon. Returns at once.
    func prepare()

    /// Runs `work` on another thread, if one is idle; else it need not be run at all. Returns at once.
    func help(_ work: @escaping @Sendable () -> Void)
}
