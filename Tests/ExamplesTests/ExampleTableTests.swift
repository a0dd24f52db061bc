import Examples
import Testing

@Suite struct ExampleTableTests {
    @Test(arguments: ExampleTable.all.map(\.name))
    func everyExampleIsAGzipFileThatIsFoundByItsName(name: String) throws {
        let example = try #require(ExampleTable.named(name))
        #expect(example.bytes.prefix(2) == [0x1f, 0x8b])
        #expect(example.bytes.count > 500)
        #expect(!example.source.isEmpty && !example.licence.isEmpty)
    }

    @Test func anUnknownNameHasNoExample() {
        #expect(ExampleTable.named("atlantis") == nil)
    }
}
