/// The words by which mail programs announce quotes, in the languages they speak.
enum QuoteVocabulary {
    typealias Line = UnsafeBufferPointer<UInt8>

    /// A header's name at the start of a line within a body.
    enum Label {
        case from
        /// Date, recipient or subject.
        case other
    }

    /// Verbs (and what stands for them) of the line above a quote: "On … Jane wrote:".
    private static let verbs: [StaticString] = [
        "wrote", "writes", "write", "schrieb", "schreibt", "geschrieben", "a écrit", "écrit", "a ecrit", "escribió",
        "escribio", "escribe", "escreveu", "ha scritto", "scritto", "scrive", "scrisse", "schreef", "skrev", "skriver",
        "kirjoitti", "kirjutas", "napisał", "napisała", "napisał(a)", "pisze", "napsal", "napsala", "napsal(a)",
        "píše", "napísal", "napísala", "napísal(a)", "írta", "írt", "a scris", "scris", "пишет", "писал", "писала",
        "написал", "написала", "написал(а)", "пише", "написав", "написала", "написа", "напиша", "је написао", "пише",
        "je napisao", "je napisala", "je napisal", "napisao je", "napisala je", "je pisao", "yazdı", "yazmış",
        "έγραψε", "έγραψαν", "rašė", "rakstīja", "va escriure", "idatzi du", "escribiu", "skrifaði", "scríobh",
        "đã viết", "viết", "menulis", "sumulat", "ने लिखा", "жазды", "գրել է", "quoting", "zitat von", "citando",
        "selon", "citeren", "odesílatel", "użytkownik", "пользователь",
    ]

    /// The same of scripts that part no words, or join them to others.
    private static let joinedVerbs: [StaticString] = [
        "写道", "寫道", "写到", "のメール", "のメッセージ", "書きました", "書いた", "님이 작성", "작성", "썼습니다", "쓴 글", "เขียนว่า", "เขียน", "כתב",
        "מאת", "كتب", "نوشت", "लिखा",
    ]

    private static let separatorWords: [StaticString] = [
        "message", "nachricht", "mensaje", "mensagem", "messaggio", "bericht", "meddelande", "melding", "meddelelse",
        "viesti", "wiadomo", "zpráva", "správa", "üzenet", "сообщени", "повідомлення", "съобщение", "порука", "poruka",
        "sporočilo", "ileti", "mesaj", "μήνυμα", "הודעה", "الرسالة", "رسالة", "邮件", "郵件", "メッセージ", "メール",
        "메시지", "메일", "tin nhắn", "thư gốc", "ข้อความ", "pesan", "kiri", "laiškas", "vēstule", "appointment", "termin",
        "forwarded", "original mail", "reply",
    ]

    private static let forwardLines: [StaticString] = [
        "begin forwarded message:", "anfang der weitergeleiteten nachricht:", "début du message transféré",
        "début du message réexpédié", "inicio del mensaje reenviado:", "início da mensagem encaminhada:",
        "inizio messaggio inoltrato:", "begin doorgestuurd bericht:", "vidarebefordrat brev:",
        "start på vidarebefordrat",
        "videresendt besked:", "videresendt melding:", "välitetty viesti", "początek przekazywanej wiadomości",
        "začátek přeposílané zprávy", "начало переадресованного сообщения", "以下是转发的邮件", "下面是被转发的邮件", "転送されたメッセージ",
        "전달된 메시지",
    ]

    private static let deviceLines: [StaticString] = [
        "sent from my ", "sent from mail for windows", "sent from outlook", "sent from yahoo mail", "sent via ",
        "sent with proton", "get outlook for ", "von meinem ", "gesendet von mein", "gesendet mit der ",
        "envoyé de mon ",
        "envoyé depuis ", "enviado desde mi ", "enviado do meu ", "enviado de mi ", "inviato da ",
        "verstuurd vanaf mijn ",
        "verzonden vanaf mijn ", "skickat från min ", "sendt fra min ", "lähetetty laitteesta", "wysłane z ",
        "odesláno z ",
        "отправлено с ", "iphone'umdan gönderildi", "发自我的", "從我的", "iphoneから送信", "나의 iphone에서 보냄",
    ]

    private static let fromLabels: [StaticString] = [
        "from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "od", "feladó", "de la", "от", "від", "од",
        "kimden", "gönderen", "από", "מאת", "من", "发件人", "寄件者", "寄件人", "差出人", "送信者", "보낸 사람", "nadawca",
        "odesílatel", "expéditeur", "remitente", "mittente", "afzender", "saatja", "nuo", "จาก", "từ", "dari",
        "pošiljatelj",
        "frá", "отправитель",
    ]

    private static let otherLabels: [StaticString] = [
        "sent", "date", "to", "subject", "cc", "reply-to", "gesendet", "datum", "an", "betreff", "envoyé", "à", "objet",
        "fecha", "enviado", "enviado el", "para", "asunto", "enviada", "enviada em", "data", "assunto", "inviato", "a",
        "oggetto", "verzonden", "aan", "onderwerp", "skickat", "till", "ämne", "sendt", "dato", "til", "emne",
        "lähetetty", "päivämäärä", "vastaanottaja", "aihe", "wysłano", "do", "temat", "odesláno", "komu", "předmět",
        "predmet", "elküldve", "dátum", "címzett", "tárgy", "trimis", "către", "subiect", "отправлено", "дата", "кому",
        "тема", "надіслано", "изпратено", "до", "относно", "gönderildi", "tarih", "gönderme tarihi", "kime", "konu",
        "στάλθηκε", "ημερομηνία", "προς", "θέμα", "תאריך", "נשלח", "אל", "נושא", "تاريخ", "إلى", "الموضوع", "发送时间",
        "收件人", "主题", "日期", "寄件日期", "收件者", "主旨", "送信日時", "日付", "宛先", "件名", "보낸 날짜", "날짜", "받는 사람", "제목",
        "วันที่", "ถึง", "เรื่อง", "ngày", "đến", "chủ đề", "tanggal", "kepada", "perihal",
    ]

    // MARK: Questions

    static func endsWithColon(_ line: Line) -> Bool {
        guard let last = line.last else { return false }
        if last == UInt8(ascii: ":") { return true }
        // U+FF1A, the full-width colon.
        return last == 0x9A && line.count >= 3 && line[line.count - 2] == 0xBC && line[line.count - 3] == 0xEF
    }

    /// Whether a line (or several) that ends with a colon announces a quote: who wrote, and when or from where.
    static func isAttribution(_ line: Line) -> Bool {
        guard endsWithColon(line) else { return false }
        let hasAddress = contains(line, "@")
        let hasDate = holdsDate(line)
        guard hasAddress || hasDate else { return false }
        return hasAddress && hasDate && line.contains(UInt8(ascii: "<")) && label(of: line) == nil || holdsVerb(line)
    }

    static func holdsVerb(_ line: Line) -> Bool {
        for verb in verbs where containsWord(line, verb) { return true }
        for verb in joinedVerbs where contains(line, verb) { return true }
        return false
    }

    /// Whether three digits or more stand in the line, as in any date with its time or year.
    static func holdsDate(_ line: Line) -> Bool {
        var digits = 0
        for byte in line where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
            digits += 1
            if digits >= 3 { return true }
        }
        return false
    }

    /// Whether the words between dashes tell of an original or forwarded message.
    static func isSeparator(_ words: Line) -> Bool {
        for word in separatorWords where contains(words, word) { return true }
        return false
    }

    static func isForwardLine(_ line: Line) -> Bool {
        guard endsWithColon(line), line.count < 120 else { return false }
        for opening in forwardLines where begins(line, opening) { return true }
        return false
    }

    /// "Sent from my iPhone" and its like.
    static func isDeviceLine(_ line: Line) -> Bool {
        guard line.count < 100 else { return false }
        for opening in deviceLines where begins(line, opening) { return true }
        return false
    }

    /// The header that a line of a body seems to be; emphasis (`*From:*`) is looked through.
    static func label(of line: Line) -> Label? {
        var start = 0
        while start < line.count, line[start] == UInt8(ascii: "*") { start += 1 }
        var end = start
        let horizon = min(line.count, start + 64)
        while end < horizon, line[end] != UInt8(ascii: ":"), line[end] != 0xEF { end += 1 }
        guard end < horizon, end > start else { return nil }
        while end > start {
            if line[end - 1] <= 0x20 || line[end - 1] == UInt8(ascii: "*") {
                end -= 1
            } else if end - start >= 2, line[end - 1] == 0xA0, line[end - 2] == 0xC2 {
                end -= 2
            } else {
                break
            }
        }
        let label = Line(rebasing: line[start..<end])
        for name in fromLabels where equals(label, name) { return .from }
        for name in otherLabels where equals(label, name) { return .other }
        return nil
    }

    // MARK: Comparing

    /// Lower case, of ASCII and of those Latin-1, Greek and Cyrillic letters whose case is one bit of their last byte.
    @inline(__always)
    private static func fold(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Whether the bytes at `index` are `word` (lower case), in either case.
    private static func matches(_ line: Line, at index: Int, _ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard line.count - index >= length else { return false }
        let own = word.utf8Start
        var offset = 0
        while offset < length {
            let byte = line[index + offset]
            if fold(byte) != own[offset] {
                // À…Þ and А…Я: the capital's last byte.
                guard offset > 0, isCapital(lead: line[index + offset - 1], byte, of: own[offset]) else { return false }
            }
            offset += 1
        }
        return true
    }

    private static func isCapital(lead: UInt8, _ byte: UInt8, of small: UInt8) -> Bool {
        switch lead {
        case 0xC3: byte >= 0x80 && byte <= 0x9E && byte + 0x20 == small
        case 0xC4, 0xC5: byte & 1 == 0 && byte + 1 == small
        case 0xD0: byte >= 0x90 && byte <= 0x9F && byte + 0x20 == small
        default: false
        }
    }

    static func begins(_ line: Line, _ word: StaticString) -> Bool {
        // Words are given in lower case, but for those that are only ever written in capitals.
        if matches(line, at: 0, word) { return true }
        guard line.count >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where line[offset] != word.utf8Start[offset] { return false }
        return true
    }

    static func equals(_ line: Line, _ word: StaticString) -> Bool {
        line.count == word.utf8CodeUnitCount && matches(line, at: 0, word)
    }

    static func contains(_ line: Line, _ word: StaticString) -> Bool {
        var index = 0
        while index + word.utf8CodeUnitCount <= line.count {
            if matches(line, at: index, word) { return true }
            index += 1
        }
        return false
    }

    /// The same, between word boundaries.
    static func containsWord(_ line: Line, _ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        var index = 0
        while index + length <= line.count {
            if matches(line, at: index, word), index == 0 || !isLetter(line[index - 1]),
                index + length == line.count || !isLetter(line[index + length])
            {
                return true
            }
            index += 1
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }
}
