import Testing

@testable import CQL

struct Murmur3Tests {
    /// As the hash of `cassandra-driver`, and so Cassandra's own, gives them; bytes from 128 on in the last block show the
    /// signed ones.
    @Test(
        arguments: [
            ("", 0), ("61", -8_839_064_797_231_613_815), ("68656c6c6f", -3_758_069_500_696_749_310),
            ("313233", -7_468_325_962_851_647_638), ("ff", -4_442_228_696_663_692_417),
            ("000102030405060708090a0b0c0d0e", 5_125_964_547_706_398_185),
            ("000102030405060708090a0b0c0d0e0f", 4_920_504_430_128_807_728),
            ("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", -9_084_739_235_461_062_116),
            ("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0", -7_660_497_021_261_453_191),
            ("0000000000000001", 6_292_367_497_774_912_474),
        ] as [(String, Int64)])
    func tokens(_ key: String, _ token: Int64) {
        #expect(hex(key).withUnsafeBytes { Murmur3.token($0) } == token)
    }

    private func state(_ types: [CQLType], key: [Int]) -> PreparedStatement.State {
        PreparedStatement.State(
            id: [1],
            markers: ColumnList(
                types.enumerated().map { Column(keyspace: "ks", table: "t", name: "c\($0)", type: $1) }),
            partitionKey: key)
    }

    @Test func keysOfOneAndOfSeveralColumns() {
        #expect(state([.text, .int], key: [0]).token(["hello", 1]) == -3_758_069_500_696_749_310)
        let several = state([.int, .text], key: [1, 0]).token([7, "a"])
        let bytes = hex("0001 61 00 0004 00000007 00")
        #expect(several == bytes.withUnsafeBytes { Murmur3.token($0) })
        #expect(state([.int], key: []).token([7]) == nil)
        #expect(state([.int], key: [0]).token([CQLValue.null]) == nil)
        #expect(state([.int], key: [0]).token(["text"]) == nil)
    }
}
