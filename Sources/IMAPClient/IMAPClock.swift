#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The two clocks whose gap tells that the machine slept.
public protocol IMAPClock: Sendable {
    /// Nanoseconds that stand still while the machine sleeps.
    var awake: Int64 { get }
    /// Nanoseconds that go on.
    var elapsed: Int64 { get }
}

/// CLOCK_MONOTONIC and CLOCK_BOOTTIME.
public struct SystemIMAPClock: IMAPClock {
    public init() {}

    #if canImport(Darwin)
        public var awake: Int64 { Int64(clamping: clock_gettime_nsec_np(CLOCK_UPTIME_RAW)) }
        public var elapsed: Int64 { Int64(clamping: clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW)) }
    #else
        public var awake: Int64 { Self.read(CLOCK_MONOTONIC) }
        public var elapsed: Int64 { Self.read(CLOCK_BOOTTIME) }

        private static func read(_ clock: clockid_t) -> Int64 {
            var time = timespec()
            clock_gettime(clock, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
    #endif
}

/// Notices by the gap between the two clocks that the machine slept.
struct SleepDetector {
    private var gap: Int64
    private let threshold: Int64

    init(clock: any IMAPClock, threshold: Duration) {
        gap = clock.elapsed - clock.awake
        self.threshold = threshold.nanoseconds
    }

    /// True where the machine slept longer than the threshold since the last call that said so.
    mutating func hasSlept(_ clock: any IMAPClock) -> Bool {
        let now = clock.elapsed - clock.awake
        guard now - gap > threshold else { return false }
        gap = now
        return true
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000
    }
}
