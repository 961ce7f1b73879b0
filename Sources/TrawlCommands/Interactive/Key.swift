/// One key as a terminal tells it, or one paste.
enum Key: Hashable, Sendable {
    /// A printable character; one that combines with the character before comes by itself.
    case scalar(Unicode.Scalar)
    /// Control and a letter, in lower case.
    case control(Character)
    /// Alt (or Escape, right before) and a character.
    case alt(Character)
    case enter, tab, backTab, backspace, delete, escape
    case up, down, left, right, home, end, pageUp, pageDown
    case wordLeft, wordRight, deleteWord
    case previousQuery, nextQuery
    case function(Int)
    /// Pasted text, as it came.
    case paste(String)
}
