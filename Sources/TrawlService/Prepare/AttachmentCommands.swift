import MIME
import NIOPosix

/// Text of attachments by the user's own commands (`[extract]`): stdin to stdout, no shell, bounded in time, output and
/// memory.
struct AttachmentCommands: Sendable {
    /// Seconds that one attachment may take.
    static let timeLimit = 30
    /// Octets of text taken of one attachment.
    static let outputLimit = 4 << 20
    /// Octets of memory that each process of a command may have.
    static let memoryLimit = 1 << 30
    /// Attachments of one message that are given to commands.
    static let mostPerMessage = 50

    /// Lower-case media type to arguments.
    let commands: [String: [String]]

    init(_ commands: [String: [String]]) {
        self.commands = commands
    }

    var isEmpty: Bool { commands.isEmpty }

    func reads(_ mediaType: String) -> Bool { commands[mediaType] != nil }

    /// Fills in the texts that nothing else could read. A command that fails leaves its attachment as it was: the message
    /// is found by all else in it.
    func addTexts(to message: inout Message, body: (_ partID: String) -> [UInt8]?) async {
        guard !commands.isEmpty else { return }
        var done = 0
        for index in message.attachments.indices where message.attachments[index].text == nil {
            let attachment = message.attachments[index]
            guard done < Self.mostPerMessage, let command = commands[attachment.mediaType],
                let bytes = body(attachment.partID), !bytes.isEmpty
            else { continue }
            done += 1
            let runner = CommandRunner(
                timeout: Self.timeLimit, outputLimit: Self.outputLimit, memoryLimit: Self.memoryLimit)
            guard let output = try? await runner.run(command, input: bytes) else { continue }
            message.attachments[index].text = String(decoding: output, as: UTF8.self)
        }
    }
}
