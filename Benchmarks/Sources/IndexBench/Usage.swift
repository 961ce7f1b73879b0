#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A moment, in seconds of the wall clock and of all threads' CPU.
struct Usage {
    var wall: Double
    var cpu: Double

    init() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        wall = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        let usage = Usage.resources
        cpu =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    static func - (later: Usage, earlier: Usage) -> Usage {
        var difference = later
        difference.wall -= earlier.wall
        difference.cpu -= earlier.cpu
        return difference
    }

    static var peakMegabytes: Int { Int(resources.ru_maxrss) / 1_000 }

    private static var resources: rusage {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        return usage
    }
}
