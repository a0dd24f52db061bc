import Testing

@testable import CQL

struct ClassNameTests {
    private static let package = "org.apache.cassandra.db.marshal."

    @Test func namesOfClasses() throws {
        let p = Self.package
        #expect(try CQLType(className: "\(p)DurationType") == .duration)
        #expect(try CQLType(className: "\(p)VectorType(\(p)FloatType , 3)") == .vector(.float, dimension: 3))
        #expect(
            try CQLType(className: "\(p)FrozenType(\(p)MapType(\(p)UTF8Type,\(p)ListType(\(p)Int32Type)))")
                == .map(.text, .list(.int)))
        #expect(
            try CQLType(className: "\(p)TupleType(\(p)UUIDType,\(p)SetType(\(p)ByteType))")
                == .tuple([.uuid, .set(.tinyint)]))
        #expect(
            try CQLType(className: "\(p)UserType(ks,706f696e74,78:\(p)Int32Type,79:\(p)DoubleType)")
                == .userDefined(
                    UserDefinedType(
                        keyspace: "ks", name: "point",
                        fields: [.init(name: "x", type: .int), .init(name: "y", type: .double)])))
        #expect(try CQLType(className: "com.example.Odd(1,2)") == .custom("com.example.Odd(1,2)"))
    }

    @Test func malformedNames() {
        let p = Self.package
        for name in [
            "\(p)VectorType(\(p)FloatType)", "\(p)ListType", "\(p)ListType(", "\(p)VectorType(\(p)FloatType,-1)",
        ] {
            #expect(throws: CQLError.self) { try CQLType(className: name) }
        }
        let deep = String(repeating: "\(p)ListType(", count: 100_000)
        #expect(throws: CQLError.self) { try CQLType(className: deep) }
    }
}
