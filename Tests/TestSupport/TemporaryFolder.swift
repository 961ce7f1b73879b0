import Foundation

/// A folder of a test's own, removed when the last reference to it goes.
public final class TemporaryFolder: Sendable {
    /// The folder's absolute path, without a trailing slash.
    public let path: String

    /// Makes an empty folder with mode 0700, or 0755 where `othersMayEnter` (a server under another user reads it).
    public init(_ name: String = "trawl-test", othersMayEnter: Bool = false) throws {
        var template = Array("/tmp/\(name)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw TestSupportError("mkdtemp failed for \(name): errno \(errno)")
        }
        path = String(cString: made)
        if othersMayEnter, chmod(path, 0o755) != 0 {
            throw TestSupportError("chmod failed for \(path): errno \(errno)")
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of a file or folder in it.
    public func path(_ component: String) -> String {
        "\(path)/\(component)"
    }

    /// Writes a text file into it and returns its path.
    @discardableResult
    public func write(_ text: String, to component: String, mode: mode_t = 0o600) throws -> String {
        let file = path(component)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        chmod(file, mode)
        return file
    }
}

/// A failure of the tests' own tools, never of what is tested.
public struct TestSupportError: Error, CustomStringConvertible {
    public var message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
