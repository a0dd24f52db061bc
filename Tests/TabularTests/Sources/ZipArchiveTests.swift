import Foundation
import Testing

@testable import Tabular

@Suite struct ZipArchiveTests {
    /// An archive of one stored part, `a.txt` with the content `hello`, made field by field.
    private struct Archive {
        var before: [UInt8] = []
        var method = 0
        var flags = 0
        var content = Array("hello".utf8)
        var checksum = 0x3610_a686
        var isWide = false
        var comment: [UInt8] = []

        var bytes: [UInt8] {
            let name = Array("a.txt".utf8)
            let all = 0xffff_ffff
            let size = content.count
            var part = little(0x0403_4b50, 4) + little(20, 2) + little(flags, 2) + little(method, 2) + little(0, 4)
            part += little(checksum, 4) + little(size, 4) + little(size, 4) + little(name.count, 2) + little(0, 2)
            part += name + content
            let extra = isWide ? little(1, 2) + little(24, 2) + little(size, 8) + little(size, 8) + little(0, 8) : []
            var list = little(0x0201_4b50, 4) + little(45, 2) + little(20, 2) + little(flags, 2) + little(method, 2)
            list += little(0, 4) + little(checksum, 4) + little(isWide ? all : size, 4) + little(isWide ? all : size, 4)
            list += little(name.count, 2) + little(extra.count, 2) + little(0, 2) + little(0, 8)
            list += little(isWide ? all : 0, 4) + name + extra
            var end: [UInt8] = []
            if isWide {
                end += little(0x0606_4b50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
                end += little(1, 8) + little(1, 8) + little(list.count, 8) + little(part.count, 8)
                end += little(0x0706_4b50, 4) + little(0, 4) + little(part.count + list.count, 8) + little(1, 4)
            }
            end += little(0x0605_4b50, 4) + little(0, 4) + little(1, 2) + little(1, 2)
            end += little(isWide ? all : list.count, 4) + little(isWide ? all : part.count, 4)
            return before + part + list + end + little(comment.count, 2) + comment
        }

        private func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
    }

    private static func read(_ archive: Archive, part: String = "a.txt") throws -> String? {
        try ZipArchive(.bytes(archive.bytes)).open(part).map { String(decoding: try $0.readBytes(100), as: UTF8.self) }
    }

    @Test func partsAreStoredOrDeflated() throws {
        #expect(try ZipArchiveTests.read(Archive()) == "hello")
        let deflated = Archive(method: 8, content: [0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])
        #expect(try ZipArchiveTests.read(deflated) == "hello")
        #expect(try ZipArchiveTests.read(Archive(), part: "A.TXT") == "hello")
        #expect(try ZipArchiveTests.read(Archive(), part: "b.txt") == nil)
    }

    @Test func commentsBytesInFrontAndWideFieldsAreAllowed() throws {
        #expect(try ZipArchiveTests.read(Archive(comment: Array("PK, a comment".utf8))) == "hello")
        #expect(try ZipArchiveTests.read(Archive(before: Array("#!/bin/sh\n".utf8))) == "hello")
        #expect(try ZipArchiveTests.read(Archive(isWide: true)) == "hello")
    }

    @Test func whatIsDamagedEncryptedOrPackedOtherwiseIsRefused() {
        for archive in [
            Archive(checksum: 1), Archive(method: 8), Archive(method: 12), Archive(flags: 1),
            Archive(method: 8, content: [0xcb, 0x48, 0xcd]),
        ] {
            #expect(throws: TableError.self) { _ = try ZipArchiveTests.read(archive) }
        }
    }

    @Test(arguments: [false, true]) func noBytesTrap(isWide: Bool) {
        var random = RepeatableRandom(seed: 17)
        let bytes = Archive(before: Array("front".utf8), isWide: isWide, comment: [1, 2, 3]).bytes
        for _ in 0..<4_000 {
            var broken = bytes
            for _ in 0..<random.below(4) + 1 { broken[random.below(broken.count)] = UInt8(random.below(256)) }
            if random.below(4) == 0 { broken.removeLast(random.below(broken.count)) }
            _ = try? ZipArchive(.bytes(broken)).open("a.txt")?.readBytes(1 << 16)
        }
    }
}

/// A small generator of its own (xorshift), so that a failure comes again.
private struct RepeatableRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }
}
