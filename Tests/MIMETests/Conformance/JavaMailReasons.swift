/// Where Trawl reads a row of JavaMail's tables otherwise, and why. Rows are counted from 0, those that expect an
/// exception left out.
enum JavaMailReasons {
    static let addresses: [String: String] = {
        var all: [String: String] = [:]
        for (reason, rows) in addressRows {
            for row in rows { all[String(row)] = reason }
        }
        return all
    }()

    private static let addressRows: [(String, [Int])] = [
        ("a group gives its members, an empty one its name", [19, 20, 21, 35, 36, 76, 85, 86, 112, 113]),
        ("blanks without a comma part no addresses", [7, 22, 23]),
        ("a name without an address is shown without its quotes", [26, 28, 29, 30, 41, 107, 108, 109, 110, 111]),
        ("blanks inside of an address are no part of it", [44]),
        ("brackets and quotes alone are nothing", [48, 50, 52, 67, 71, 75, 55, 56, 87, 88, 89, 90, 95, 96]),
        ("comments that nothing closes are read as text", [59, 60, 62, 63]),
        ("octets of no charset are guessed", [100, 104]),
    ]

    static let parameters: [String: String] = [
        "6": "a gap in the sections' numbers loses nothing",
        "7": "a gap in the sections' numbers loses nothing",
        "8": "a gap in the sections' numbers loses nothing",
        "9": "a gap in the sections' numbers loses nothing",
        "12": "the table writes the same characters as Java escapes",
        "13": "the table writes the same characters as Java escapes",
    ]
    static let looseParameters: [String: String] = [
        "8": "encoded words in parameters are decoded"
    ]
}
