/// A condition over `message`'s row, with its arguments in order. Values are bound, never written into the SQL, but
/// for numbers that the index gave.
struct SQLCondition: Hashable {
    var sql: String
    var arguments: [SQLValue] = []
    /// The only messages for which it holds, ascending, where they are few enough to be told.
    var ids: [Int64]?
    /// Gives the ids of just these messages, perhaps some more than once, from an index of their own.
    var rows: SQLText?
    /// How many rows that statement, or the condition itself, gives, more or less, where that is known.
    var rowCount: Int?

    /// It holds for these messages alone.
    static func only(_ ids: [Int64]) -> SQLCondition {
        SQLCondition(sql: numbers("message.id", ids), ids: ids)
    }

    static func all(_ conditions: [SQLCondition]) -> SQLCondition { joined(conditions[...], " AND ") }

    static func any(_ conditions: [SQLCondition]) -> SQLCondition { joined(conditions[...], " OR ") }

    static func not(_ condition: SQLCondition) -> SQLCondition {
        SQLCondition(sql: "NOT \(condition.sql)", arguments: condition.arguments)
    }

    /// A balanced tree: SQLite refuses expressions deeper than 1,000, and a chain is as deep as it is long.
    private static func joined(_ conditions: ArraySlice<SQLCondition>, _ separator: String) -> SQLCondition {
        guard let first = conditions.first, conditions.count > 1 else {
            return conditions.first ?? SQLCondition(sql: "1")
        }
        if conditions.count <= 8 {
            return SQLCondition(
                sql: "(" + conditions.map(\.sql).parted(by: separator) + ")",
                arguments: conditions.dropFirst().reduce(into: first.arguments) { $0 += $1.arguments })
        }
        let middle = conditions.startIndex + conditions.count / 2
        let left = joined(conditions[..<middle], separator)
        let right = joined(conditions[middle...], separator)
        return SQLCondition(sql: "(\(left.sql)\(separator)\(right.sql))", arguments: left.arguments + right.arguments)
    }

    /// `column IN (1, 2)`, or `=` for one; numbers from the index itself.
    static func numbers(_ column: String, _ numbers: [Int64]) -> String {
        numbers.count == 1
            ? "\(column) = \(numbers[0])" : "\(column) IN (\(numbers.map(String.init).parted(by: ", ")))"
    }
}
