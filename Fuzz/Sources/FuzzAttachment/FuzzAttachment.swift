import MIME

/// Attachments: the first byte chooses the format.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAttachment(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 1 else { return 0 }
    let extensions = ["html", "xml", "txt", "ics", "vcf", "rtf", "docx", "xlsx", "pptx", "odt", "epub", "dat"]
    let chosen = Int(data[0]) % extensions.count
    let bytes = UnsafeBufferPointer(start: data + 1, count: size - 1)
    let limits = AttachmentLimits(textBytes: 1 << 16, expansionRatio: 100, expansionBytes: 1 << 20)
    let found = AttachmentText.extract(
        bytes, mediaType: "application/octet-stream", name: "winmail.\(extensions[chosen])", limits: limits)
    if let found {
        // Bytes that are not UTF-8 may each become U+FFFD.
        precondition(found.text.utf8.count <= 3 * limits.textBytes)
    }
    return 0
}
