/// Names that stand in dates.
enum DateZones {
    /// Minutes east of Greenwich: RFC 5322 §4.3, and the others that mail has. Of names that two countries use, the one
    /// whose mail is older.
    static let table: [String: Int] = [
        "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420,
        "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180,
        "nst": -210, "ndt": -150, "bst": 60, "west": 60, "cet": 60, "met": 60, "mez": 60, "cest": 120, "mest": 120,
        "mesz": 120, "sast": 120, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "ist": 330, "sgt": 480, "hkt": 480,
        "awst": 480, "jst": 540, "kst": 540, "acst": 570, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
        "brt": -180, "art": -180, "clt": -240, "ict": 420, "wib": 420,
    ]

    static let months: [String: Int] = [
        "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
        "dec": 12,
        // German, French, Spanish, Italian, Dutch, Portuguese, where they differ in three letters.
        "mai": 5, "okt": 10, "dez": 12, "mrz": 3, "avr": 4, "fev": 2, "abr": 4, "ago": 8, "ene": 1, "dic": 12,
        "gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10, "mei": 5, "mrt": 3, "out": 10,
    ]

    static let foreignMonths: [String: Int] = [
        "märz": 3, "mär": 3, "février": 2, "fév": 2, "févr": 2, "août": 8, "aoû": 8, "déc": 12, "décembre": 12,
        "juin": 6, "juil": 7, "juillet": 7,
    ]
}
