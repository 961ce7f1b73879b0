/// What Python's email package makes of each message of an mboxrd file, one JSON object a line.
enum PythonEmail {
    /// For `python3 -c SCRIPT MBOX.gz`.
    static let script = #"""
        import email
        import email.header
        import email.policy
        import email.utils
        import gzip
        import json
        import re
        import sys


        def messages(path):
            current = []
            with gzip.open(path, "rb") as file:
                for line in file:
                    if line.startswith(b"From ") and (not current or current[-1] in (b"\n", b"\r\n")):
                        if current:
                            yield b"".join(current)
                        current = []
                        continue
                    current.append(re.sub(rb"^>(>*From )", rb"\1", line))
            if current:
                yield b"".join(current)


        def header_text(value):
            if value is None:
                return ""
            parts = []
            for text, charset in email.header.decode_header(value):
                if isinstance(text, bytes):
                    try:
                        text = text.decode(charset or "ascii", "strict")
                    except (LookupError, UnicodeDecodeError):
                        text = text.decode("latin-1")
                parts.append(text)
            return " ".join("".join(parts).split())


        def parts(message):
            types = []
            texts = []
            for part in message.walk():
                if part.is_multipart():
                    continue
                types.append(part.get_content_type())
                if part.get_content_maintype() == "text":
                    payload = part.get_payload(decode=True) or b""
                    try:
                        texts.append(payload.decode(part.get_content_charset() or "utf-8", "strict"))
                    except (LookupError, UnicodeDecodeError):
                        texts.append(None)
                else:
                    texts.append(None)
            return types, texts


        for raw in messages(sys.argv[1]):
            message = email.message_from_bytes(raw, policy=email.policy.compat32)
            row = {"raw": len(raw)}
            try:
                row["subject"] = header_text(message["Subject"])
                date = message["Date"]
                parsed = email.utils.parsedate_tz(str(date)) if date else None
                row["date"] = email.utils.mktime_tz(parsed) if parsed else None
                for name in ("From", "To", "Cc"):
                    pairs = email.utils.getaddresses([str(value) for value in message.get_all(name, [])])
                    row[name.lower()] = [address for _, address in pairs if address]
                row["id"] = str(message["Message-ID"] or "").strip().strip("<>")
                row["types"], row["texts"] = parts(message)
            except Exception as error:
                row["failed"] = str(error)
            print(json.dumps(row))
        """#
}
