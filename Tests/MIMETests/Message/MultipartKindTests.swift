import Testing

@testable import MIME

/// Each kind of multipart and of message within, and how its text is read.
@Suite struct MultipartKindTests {
    private func parse(_ text: String) -> Message { MessageParser().parse(Array(text.utf8)) }

    @Test func partsOfADigestAreMessages() {
        let message = parse(
            """
            Content-Type: multipart/digest; boundary=b

            --b

            Subject: first of the digest

            alpha words
            --b
            Content-Type: message/rfc822

            Subject: second of the digest

            beta words
            --b
            Content-Type: text/plain

            no message
            --b--
            """)
        #expect(message.root.children.map(\.mediaType) == ["message/rfc822", "message/rfc822", "text/plain"])
        #expect(message.attachments.map(\.name) == ["first of the digest", "second of the digest"])
        #expect(message.attachments.first?.text?.contains("alpha words") == true)
        #expect(message.text == "no message")
    }

    @Test func aBounceIsReadWithWhatItReturns() {
        let message = parse(
            """
            Subject: Undelivered
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b

            I could not deliver your message.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org

            Final-Recipient: rfc822; gone@example.org
            Status: 5.1.1
            --b
            Content-Type: text/rfc822-headers

            Subject: the lost letter
            --b--
            """)
        #expect(message.text == "I could not deliver your message.")
        #expect(message.attachments.map(\.mediaType) == ["message/delivery-status", "text/rfc822-headers"])
        #expect(message.attachments.first?.text?.contains("gone@example.org") == true)
        #expect(message.attachments.last?.text?.contains("the lost letter") == true)
        #expect(!message.hasAttachment)
    }

    @Test func anExternalBodyIsNamedAndNotFetched() {
        let message = parse(
            """
            Content-Type: message/external-body; access-type=URL; URL="https://example.org/far.txt"; name=far.txt

            Content-Type: text/plain
            Content-ID: <far@example.org>

            """)
        #expect(message.attachments.map(\.name) == ["far.txt"] && message.text.isEmpty)
    }

    @Test func theFirstPieceOfAPartialMessageIsReadAsTheWhole() {
        let first = parse(
            """
            Subject: Report (1 of 2)
            Content-Type: message/partial; id=a@example.org; number=1; total=2

            Subject: Report
            Content-Type: text/plain

            The beginning
            """)
        #expect(first.subject == "Report (1 of 2)")
        #expect(first.attachments.map(\.name) == ["Report"])
        #expect(first.attachments.first?.text?.contains("The beginning") == true)
        let second = parse(
            "Subject: Report (2 of 2)\nContent-Type: message/partial; id=a@example.org; number=2; total=2\n\nthe end\n")
        #expect(second.attachments.map(\.mediaType) == ["message/partial"])
        #expect(second.attachments.first?.text == nil)
    }

    @Test func anEmptyBoundaryIsALineOfTwoHyphens() {
        let message = parse(
            """
            Content-Type: multipart/mixed; boundary=""

            --
            Content-Type: text/plain

            one
            -- 
            Ana
            --
            Content-Type: text/html

            <p>two</p>
            ----
            after
            """)
        #expect(message.root.children.map(\.mediaType) == ["text/plain", "text/html"])
        #expect(message.text.contains("one\n-- \nAna") && message.text.contains("two"))
        #expect(!message.text.contains("after"))
    }

    @Test func theResourceForkOfAnAppledoubleIsMachinery() {
        let message = parse(
            """
            Content-Type: multipart/appledouble; boundary=b

            --b
            Content-Type: application/applefile; name="%letter.txt"

            fork
            --b
            Content-Type: text/plain; name=letter.txt

            Dear Ana
            --b--
            """)
        #expect(message.attachments.map(\.isInline) == [true, false])
        #expect(message.attachments.last?.text == "Dear Ana")
    }

    @Test func theRootOfARelatedIsTheOneThatStartNames() {
        let message = parse(
            """
            Content-Type: multipart/related; start="<root@x>"; boundary=b

            --b
            Content-Type: text/plain; name=style.txt
            Content-ID: <style@x>

            not the body
            --b
            Content-Type: text/html
            Content-ID: <root@x>

            <p>the body</p>
            --b--
            """)
        #expect(message.text.contains("the body") && !message.text.contains("not the body"))
    }

    @Test func flowedTextWithDelSp() {
        let message = parse(
            "Content-Type: text/plain; format=flowed; delsp=yes\n\nquarter \nly report\n> quo \n> ted\n-- \nAna\n")
        #expect(message.text == "quarterly report\n> quoted\n-- \nAna\n")
    }

    @Test func yEncodedFileInTheBody() {
        // "abc" with 42 added to each octet.
        var bytes = Array("Subject: x\n\nHere:\n=ybegin line=128 size=3 name=abc.txt\n".utf8)
        bytes += [0x61, 0x62, 0x63].map { $0 + 42 }
        bytes += Array("\n=yend size=3\nBye\n".utf8)
        let message = MessageParser().parse(bytes)
        #expect(message.attachments.map(\.name) == ["abc.txt"] && message.attachments.first?.text == "abc")
        #expect(message.text.contains("Here:") && message.text.contains("Bye"))
    }

    @Test func everyNameOfAnAttachmentIsThere() {
        let message = parse(
            """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: application/x-nothing; name=a.bin

            --b
            Content-Type: application/x-nothing
            Content-Disposition: attachment; filename="=?utf-8?q?caf=C3=A9.bin?="

            --b
            Content-Type: image/png; name*0="lo"; name*1="go.png"

            --b
            Content-Disposition: form-data; filename=strange.bin

            --b--
            """)
        #expect(message.attachments.map(\.name) == ["a.bin", "café.bin", "logo.png", "strange.bin"])
    }
}
