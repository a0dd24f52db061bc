/// A level as what tells it from other levels: its UTF-8 bytes. Swift's own strings are equal where Unicode holds them for the
/// same text (é as one character, or as e with an accent), which a table, a file and ONNX do not.
package struct Spelling: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) {
        var text = text
        text.makeContiguousUTF8()
        self.text = text
    }

    package static func == (one: Spelling, other: Spelling) -> Bool { one.text.isSpelled(as: other.text) }

    package static func < (one: Spelling, other: Spelling) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether both have the same bytes.
    package func isSpelled(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
