extension Array<String> {
    /// `joined(separator:)`, for what each search joins: the library's own is for all collections there are, and its first
    /// use sets up more types than a search that finds nothing needs otherwise.
    package func parted(by separator: String) -> String {
        var text = first ?? ""
        for part in dropFirst() {
            text += separator
            text += part
        }
        return text
    }
}
