import Foundation

/// What Linux tells of the serving process.
struct ServerProcess {
    var pid: Int

    /// Memory in MB: resident, and of that what is its own (no file's pages).
    var memory: (resident: Double, own: Double)? {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return nil }
        func megabytes(_ key: String) -> Double? {
            let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
            return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }.map {
                $0 / 1_024
            }
        }
        guard let resident = megabytes("VmRSS:"), let own = megabytes("RssAnon:") else { return nil }
        return (resident, own)
    }

    /// CPU seconds of all its threads so far.
    var cpu: Double? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
