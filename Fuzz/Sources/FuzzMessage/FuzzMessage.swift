import MIME

/// Whole messages.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessage(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : size)
    let message = MessageParser().parse(bytes)
    precondition(message.newTextPreview.unicodeScalars.count <= 256)
    return 0
}
