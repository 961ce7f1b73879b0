import NIOCore

@testable import TrawlService

/// What a client may send to the socket: octets in pieces of any size, to lines, to requests, to answers.
///
/// The first octet chooses the size of the pieces. Lines must come out the same however they were cut, what is
/// answered must be one line of JSON that bears the request's id, and what was read must be written as it was.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRPC(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let stream = Array(bytes.dropFirst())
    let whole = frames(of: stream, piece: stream.count)
    precondition(frames(of: stream, piece: Int(bytes[0] % 64) + 1) == whole)
    for frame in whole {
        guard case .line(let line) = frame else { continue }
        precondition(line.count <= limit && !line.contains(10))
        switch RPCRequest.read(line) {
        case .failure(let fault): check(RPCAnswer.failure(fault.id, fault.error), bears: fault.id)
        case .success(let request): read(request)
        }
        roundTrip(line)
    }
    return 0
}

/// Small, so that lines over it are met with.
private let limit = 256

private func frames(of stream: [UInt8], piece: Int) -> [LineFramer.Frame] {
    var framer = LineFramer(limit: limit)
    var frames: [LineFramer.Frame] = []
    var rest = stream[...]
    while !rest.isEmpty {
        var buffer = ByteBuffer(bytes: rest.prefix(piece))
        rest = rest.dropFirst(piece)
        framer.append(&buffer)
        while let frame = framer.next() { frames.append(frame) }
    }
    if let last = framer.finish() { frames.append(last) }
    return frames
}

/// Every reading of every parameter that a method has.
private func read(_ request: RPCRequest) {
    let params = request.params
    _ = RPCMethods.Kind(request.method)
    var errors: [RPCError] = []
    func note(_ body: () throws -> Void) {
        do {
            try body()
        } catch let error as RPCError {
            errors.append(error)
        } catch {
            preconditionFailure("another error than the socket's")
        }
    }
    note { try params.check(known: ["query", "limit", "ids", "id"]) }
    for name in ["query", "since", "id", "prefix", "sort"] { note { _ = try params.requiredString(name) } }
    for name in ["limit", "offset", "deadline", "watch"] { note { _ = try params.integer(name, in: 0...Int.max) } }
    for name in ["threads", "snippets"] { note { _ = try params.bool(name) } }
    for name in ["ids", "properties", "accounts"] { note { _ = try params.strings(name) } }
    note { _ = try params.id("id") }
    for error in errors { check(RPCAnswer.failure(request.id ?? .null, error), bears: request.id ?? .null) }
}

private func check(_ answer: [UInt8], bears id: RPCID) {
    precondition(answer.last == 10 && answer.dropLast().allSatisfy { $0 >= 0x20 })
    guard let value = try? JSONReader.read(Array(answer.dropLast())), let members = value.objectValue else {
        preconditionFailure("an answer that is no JSON")
    }
    let told: RPCID? =
        switch members["id"] {
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        case .string(let text): .string(text)
        case .null: .null
        case .bool, .array, .object, nil: nil
        }
    precondition(told == id)
}

private func roundTrip(_ line: [UInt8]) {
    guard let value = try? JSONReader.read(line) else { return }
    var json = JSONWriter()
    value.write(to: &json)
    guard let again = try? JSONReader.read(json.bytes) else { preconditionFailure("what was written can't be read") }
    precondition(again == value)
}
