#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import MIME

/// `mime-bench parts`: rates of the decoders and of made-up messages.
/// `mime-bench files [--rounds N] FOLDER…`: every file below the folders, parsed from memory, one core.
@main
struct MIMEBench {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "parts": PartRates.run()
        case "files":
            var folders = Array(arguments.dropFirst())
            var rounds = 3
            if folders.first == "--rounds", folders.count > 2 {
                rounds = max(1, Int(folders[1]) ?? rounds)
                folders.removeFirst(2)
            }
            FileRates.run(folders, rounds: rounds)
        default: print("usage: mime-bench parts | files [--rounds N] FOLDER…")
        }
    }

    /// CPU seconds of this process so far.
    static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// CPU seconds that `body` costs at its best of `rounds`.
    static func best(of rounds: Int, _ body: () -> Void) -> Double {
        var best = Double.infinity
        for _ in 0..<rounds {
            let start = processorTime()
            body()
            best = min(best, processorTime() - start)
        }
        return best
    }

    static func report(_ name: String, _ bytes: Int, _ seconds: Double) {
        let rate = Double(bytes) / 1e6 / seconds
        print(name + String(repeating: " ", count: max(1, 44 - name.count)) + "\(Int(rate)) MB/s")
    }
}
