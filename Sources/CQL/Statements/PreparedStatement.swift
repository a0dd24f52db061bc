internal import Synchronization

/// A statement that the servers have parsed. It can be used with every host of its session and for as long as the session
/// lives: a host that does not know it, or has forgotten it, is taught it on the way.
public final class PreparedStatement: Sendable {
    /// What the servers said of it at last.
    struct State: Sendable {
        let id: [UInt8]
        /// Identifier of the result's columns; empty in v4.
        var resultMetadataID: [UInt8]
        let markers: ColumnList
        let partitionKey: [Int]
        /// Nothing where the statement gives no rows.
        var columns: ColumnList?

        init(
            id: [UInt8], resultMetadataID: [UInt8] = [], markers: ColumnList, partitionKey: [Int] = [],
            columns: ColumnList? = nil
        ) {
            self.id = id
            self.resultMetadataID = resultMetadataID
            self.markers = markers
            self.partitionKey = partitionKey
            self.columns = columns
        }

        init(_ response: PreparedResponse) {
            id = response.id
            resultMetadataID = response.resultMetadataID
            markers = response.markers
            partitionKey = response.partitionKey
            columns = response.result.columns
        }

        /// Writes the number of values and the values.
        func append(_ values: [any CQLEncodable], to writer: inout ByteWriter) throws(CQLError) {
            let columns = markers.columns
            guard values.count == columns.count else {
                throw CQLError(
                    .wrongNumberOfValues, "\(values.count) values for the statement's \(columns.count) markers")
            }
            try writer.append(short: values.count)
            var encoder = CQLEncoder()
            swap(&encoder.writer, &writer)
            for index in columns.indices {
                do throws(CQLError) {
                    try values[index].encode(as: columns[index].type, into: &encoder)
                } catch {
                    var error = error
                    if error.code == .typeMismatch {
                        error.message = "marker '\(columns[index].name)': \(error.message)"
                    }
                    throw error
                }
            }
            swap(&encoder.writer, &writer)
        }
    }

    /// The statement's text.
    public let text: String
    private let current: Mutex<State>

    init(text: String, state: State) {
        self.text = text
        current = Mutex(state)
    }

    var state: State { current.withLock { $0 } }

    /// What is to be bound, in order.
    public var markers: [Column] { state.markers.columns }

    /// The result's columns as they were when last prepared; empty where the statement gives no rows.
    public var columns: [Column] { state.columns?.columns ?? [] }

    /// Takes what a new preparation said.
    func update(_ state: State) { current.withLock { $0 = state } }

    /// Takes the changed columns that came with an answer.
    func update(columns: ColumnList, metadataID: [UInt8]) {
        current.withLock {
            $0.columns = columns
            $0.resultMetadataID = metadataID
        }
    }
}
