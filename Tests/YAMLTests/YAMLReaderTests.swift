import Testing
import YAML

struct YAMLReaderTests {
    private func read(_ text: String) throws -> YAMLNode { try YAMLReader().read(text) }

    private func failure(_ text: String) -> String? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("scalars, lists and maps, with their lines")
    func document() throws {
        let root = try read("# head\na: 1\nb:\n  - x\n  - 'null'\nc: {d: \"e\"}\nf:\n")
        guard case .map(let entries) = root.content else { throw Missing.none }
        #expect(entries.map(\.key) == ["a", "b", "c", "f"])
        #expect(entries.map(\.line) == [2, 3, 6, 7])
        #expect(entries[0].value.content == .scalar("1"))
        guard case .list(let values) = entries[1].value.content else { throw Missing.none }
        #expect(values.map(\.content) == [.scalar("x"), .scalar("null")] && values.map(\.line) == [4, 5])
        #expect(entries[3].value.content == .null)
        #expect(try read("").content == .null)
        #expect(try read("# nothing\n").content == .null)
    }

    @Test("what is refused is named with its line")
    func refused() {
        #expect(failure("a: 1\nb: 2\na: 3\n") == "line 3: the key “a” is given twice")
        #expect(failure("a: &x 1\nb: *x\n") == "line 2: aliases are not read")
        #expect(failure("a: 1\n---\nb: 2\n") == "line 2: only one document is read")
        #expect(failure("? [a]\n: 1\n") == "line 1: a key has to be a word")
        #expect(failure("a: 1\n b: 2\n")?.hasPrefix("line 2: ") == true)
        #expect(failure("a: [1, 2\n")?.hasPrefix("line ") == true)
        #expect(failure(String(repeating: "[", count: 100_000))?.contains("levels") == true)
        #expect(failure(String(repeating: "a", count: 2_000_000))?.contains("larger") == true)
    }

    @Test("random and cut documents are read or refused, never more")
    func fuzz() {
        var random = SplitMix(state: 7)
        let sample = Array("a: 1\nb: [x, {y: 'z'}]\n- - ? &a *a !!str | > \"\\u00e9\n\t# %TAG ---\n...\n".utf8)
        for _ in 0..<3000 {
            var bytes = sample
            for _ in 0..<Int(random.next() % 8) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let text = String(decoding: bytes.prefix(Int(random.next() % UInt64(bytes.count))), as: UTF8.self)
            do { _ = try read(text) } catch { #expect(error is YAMLError) }
        }
    }
}

private struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

private enum Missing: Error { case none }
