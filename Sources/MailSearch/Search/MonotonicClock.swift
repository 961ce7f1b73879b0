#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A clock that is never set and never goes back: for how long something takes, and when it is to end. It may stand while the
/// machine sleeps.
package enum MonotonicClock {
    private static var time: timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time
    }

    package static var seconds: Double {
        let time = time
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    package static var milliseconds: Int64 {
        let time = time
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
