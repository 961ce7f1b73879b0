/// What `trawl help query` shows: the query language on one page.
enum QueryHelp {
    static let text = """
        Words are all to be found, whatever their case and accents.

          lighthouse keeper         both words
          "lighthouse keeper"       the phrase
          light*                    words that begin so
          boat OR ship              either
          boat -ship                one without the other; also: boat NOT ship
          (boat OR ship) rudder     groups
          boat NEAR/5 rudder        within five words of each other
          *                         everything

        Fields:

          from: to: cc: bcc:        a name or address, or a part of one; from:me is yourself
          participant:              any of them
          subject: body:            the subject, the text
          attachment:               an attachment's name or text
          filename:*.pdf            an attachment's name
          type:image/*              an attachment's media type
          list:                     the List-Id
          account: in:              the account; the mailbox by name, pattern or use (in:sent)
                                    (also folder: and mailbox:)
          is:                       unread, read, flagged, answered, draft
          has:attachment
          keyword: tag: label:      IMAP keywords and Gmail labels
          date:2024-03..2024-05     dates; either end may be open: date:2024..
          after: before: on:        2024, 2024-03, 2024-03-05, today, yesterday, last-week
          newer:7d older:2y         by age: d, w, m, y
          larger:2M smaller:500k    by size
          id: mid: thread:          Trawl's id, the Message-ID, a thread
          query:NAME                a query saved in the configuration

        In a shell, put what holds quotes, parentheses or a star into apostrophes:

          trawl search 'from:ana (budget OR "cost plan") -draft newer:1y'

        "trawl explain QUERY" shows how a query is understood. All of it: man trawl-query.
        """
}
