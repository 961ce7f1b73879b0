import MIME
import Testing

struct FlowedTextTests {
    @Test(arguments: [
        ("soft \nline\nhard\n", "soft line\nhard\n"),
        ("soft \r\nline\r\nhard\r\n", "soft line\nhard\n"),
        ("> quoted \n> on\n>> deep \n>> er\nnew\n", "> quoted on\n>> deep er\nnew\n"),
        ("> open \nother depth\n", "> open\nother depth\n"),
        (" From stuffed\n  two\n", "From stuffed\n two\n"),
        ("before \n-- \nJane\n", "before\n-- \nJane\n"),
        (">\n> \nx", ">\n>\nx"),
        ("ends soft ", "ends soft\n"),
        ("", ""),
    ])
    func unwraps(_ text: String, _ expected: String) {
        #expect(FlowedText.unwrap(text, deletesSpace: false) == expected)
    }

    @Test func deletedSpacesJoinWords() {
        #expect(FlowedText.unwrap("日本 \n語\nex \nample \n", deletesSpace: true) == "日本語\nexample\n")
    }
}
