import Presentation

extension Paths {
    /// A path that means the same from every folder; the shell has seen to `~` already.
    public static func absolute(_ path: String) -> String { Files.absolute(path) }
}
