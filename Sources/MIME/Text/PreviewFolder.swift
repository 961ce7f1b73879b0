/// Folds white space, and cuts between characters.
enum PreviewFolder {
    /// The first `limit` characters of `text`, each run of white space being one space.
    static func fold(_ text: Substring, limit: Int) -> String {
        var result = ""
        var count = 0
        var owesSpace = false
        for character in text {
            if character.isWhitespace {
                owesSpace = count > 0
                continue
            }
            if owesSpace {
                guard count + 1 < limit else { break }
                result.append(" ")
                count += 1
                owesSpace = false
            }
            guard count < limit else { break }
            result.append(character)
            count += 1
        }
        return result
    }
}
