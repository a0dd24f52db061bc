import Foundation
import StandardIO
import Testing

@Suite struct OutputFileTests {
    private func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func aFileIsThereWholeOrNotAtAll() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("f").path
        var file: OutputFile? = try OutputFile(path)
        try file?.write([1, 2])
        #expect(try !names(folder).contains("f") && names(folder).count == 1)
        file = nil
        #expect(try names(folder).isEmpty)

        let second = try OutputFile(path)
        try second.write([3])
        try second.write([4])
        try second.finish()
        second.discard()
        #expect(try names(folder) == ["f"])
        #expect(FileManager.default.contents(atPath: path) == Data([3, 4]))
    }

    @Test func whatCannotBeMadeIsNamed() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("none/f").path
        #expect {
            try OutputFile.write([1], to: path)
        } throws: {
            "\($0)" == "cannot write \(path): No such file or directory"
        }
        // A folder took its place in the meantime.
        let other = folder.appendingPathComponent("g").path
        let file = try OutputFile(other)
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        #expect(throws: OutputError.self) { try file.finish() }
        #expect(try names(folder) == ["g"])
    }

    @Test func aFileIsTheSameByWhateverName() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try Data([1]).write(to: folder.appendingPathComponent("a"))
        try Data([1]).write(to: folder.appendingPathComponent("b"))
        try FileManager.default.linkItem(atPath: path("a"), toPath: path("hard"))
        try FileManager.default.createSymbolicLink(atPath: path("soft"), withDestinationPath: "a")
        let file = try #require(FileIdentity(path: path("a")))
        #expect(FileIdentity(path: path("hard")) == file && FileIdentity(path: path("soft")) == file)
        #expect(FileIdentity(path: path("b")) != file)
        #expect(FileIdentity(path: path("none")) == nil && FileIdentity(path: folder.path) == nil)
        #expect(FileIdentity(path: "/dev/null") == nil)
    }
}
