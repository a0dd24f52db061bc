import Foundation
import Tabular
import Testing

/// The path of a file among the test's resources.
func resource(_ name: String) -> String {
    Bundle.module.bundleURL.appendingPathComponent("Resources").appendingPathComponent(name).path
}

/// Says which column differs, and not all of its values.
func expectSame(_ table: Table, _ expected: Table, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(table.schema == expected.schema, sourceLocation: sourceLocation)
    for (column, other) in zip(table.columns, expected.columns) {
        let isSame = column == other
        #expect(isSame, "column \(column.name)", sourceLocation: sourceLocation)
    }
}
