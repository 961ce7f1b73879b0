import GRDB
import MailSearch

extension Database {
    /// SQLite's handle. GRDB calls nobody with a connection that was closed.
    var open: OpaquePointer {
        get throws {
            guard let handle = sqliteConnection else {
                throw IndexError(code: .inner, message: "the connection to the index was closed")
            }
            return handle
        }
    }
}
