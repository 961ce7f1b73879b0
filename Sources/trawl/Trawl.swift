import Presentation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The program that people call: answers searches at once, and becomes the whole program for all else.
///
/// A process that holds the whole of Trawl takes longer to start than a search takes. So this one holds what reads the
/// index and shows what was found, and nothing that needs Foundation, OpenSSL, an argument parser or Swift's concurrency,
/// which brings libdispatch: what they do before the first line runs takes longer than to look up a word.
@main
enum Trawl {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.count == 1, arguments.first == "--version" {
            var output = Output()
            output.line(Version.text)
            output.flush()
            return
        }
        if let status = QuickAnswer.run(arguments, end: { exit($0) }) { exit(status) }
        let failure = WholeProgram.become(CommandLine.unsafeArgv)
        Diagnostics.error(failure)
        exit(ExitStatus.error)
    }
}
