/// One fact that a query asks for, for one state of the names in the index.
struct Fact: Hashable {
    /// Gives the ids of the messages of which it holds, perhaps some more than once.
    var rows: SQLText
    /// The same over `message`'s row.
    var condition: SQLText
    /// How many rows there are, more or less, where that is known without reading them.
    var rowCount: Int?
    /// Whether it is told by a message itself, by its flags and its places, so that it holds until one of these changes.
    var isOwn: Bool
}
