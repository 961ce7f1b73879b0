#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// The program that shows long text a page at a time: `$PAGER`, else `less`.
enum Pager {
    /// False where the text fits, where no pager is wanted (`PAGER` is empty or `cat`), or where it can't be run: then
    /// nothing was shown.
    static func show(_ bytes: [UInt8], on terminal: Terminal) -> Bool {
        let rows = bytes.reduce(into: 0) { if $1 == 10 { $0 += 1 } }
        guard terminal.height > 0, rows >= terminal.height, let command = command() else { return false }
        // Colours as they are, no clearing of the screen, and no waiting where it fits after all; as git asks less for.
        setenv("LESS", "FRX", 0)
        // Ctrl-C is the pager's, and whoever leaves it early has seen enough.
        let former = (signal(SIGINT, SIG_IGN), signal(SIGPIPE, SIG_IGN))
        defer {
            signal(SIGINT, former.0)
            signal(SIGPIPE, former.1)
        }
        return ChildProgram.run(["/bin/sh", "-c", command], input: String(decoding: bytes, as: UTF8.self)) == nil
    }

    private static func command() -> String? {
        guard let value = getenv("PAGER") else { return ChildProgram.find(["less"]) }
        let command = String(cString: value).trimmingBlanks()
        return command.isEmpty || command == "cat" ? nil : command
    }
}
