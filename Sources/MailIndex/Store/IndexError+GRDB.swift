import GRDB
import MailSearch

extension IndexError {
    /// Runs `body` and gives GRDB's and SQLite's errors the index's name for them.
    static func translatingAll<R>(_ path: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw translatedAny(path, error)
        }
    }

    static func translatedAny(_ path: String, _ error: any Error) -> IndexError {
        if error is CancellationError {
            return IndexError(code: .interrupted, message: "the work was given up", underlying: error)
        }
        guard let error = error as? DatabaseError else { return translated(path, error) }
        let code = error.extendedResultCode.rawValue
        return IndexError(path, error, code: code, told: error.message ?? "SQLite's error \(code)")
    }
}
