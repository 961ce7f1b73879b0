import Foundation
import GRDB

extension CompiledQuery {
    /// The plain statement: ids of all hits, newest first.
    var idStatement: (sql: String, arguments: StatementArguments) {
        let source = idSource
        return (source.sql + " ORDER BY \(text != nil ? "message_text.rowid" : "message.id") DESC", source.arguments)
    }

    /// The statement without an order, to stand within another. Not for a query that is empty.
    var idSource: (sql: String, arguments: StatementArguments) {
        var sql = "SELECT \(text != nil && condition == nil ? "message_text.rowid" : "message.id") FROM "
        var conditions: [String] = []
        var bound = StatementArguments()
        if let text {
            sql += "message_text"
            conditions.append("message_text MATCH ?")
            bound += [text]
            if condition != nil { sql += " CROSS JOIN message ON message.id = message_text.rowid" }
        } else {
            sql += "message"
        }
        if let idBounds {
            conditions.append("\(text != nil ? "message_text.rowid" : "message.id") BETWEEN ? AND ?")
            bound += [idBounds.lowerBound, idBounds.upperBound]
        }
        if let condition {
            conditions.append(condition)
            bound += StatementArguments(arguments.map(\.boundValue))
        }
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        return (sql, bound)
    }
}

extension SQLValue {
    var boundValue: DatabaseValue {
        switch self {
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Self.blobValue(bytes)
        }
    }

    private static func blobValue(_ bytes: [UInt8]) -> DatabaseValue {
        bytes.withUnsafeBytes { Data($0) }.databaseValue
    }
}
