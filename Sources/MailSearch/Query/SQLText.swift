/// A statement with its arguments in order.
struct SQLText: Hashable {
    var sql: String
    var arguments: [SQLValue] = []
}
