extension CQLError {
    /// What an error message says.
    init(serverError reader: inout ByteReader) throws(CQLError) {
        let code = Code(serverCode: try reader.integer(Int32.self))
        let message = try reader.string()
        var details = Details()
        switch code {
        case .unavailable:
            details.consistency = Consistency(rawValue: try reader.integer())
            details.required = Int(try reader.integer(Int32.self))
            details.received = Int(try reader.integer(Int32.self))
        case .writeTimeout, .casWriteUnknown:
            try details.readCounts(&reader)
            if code == .writeTimeout { details.writeType = try reader.string() }
        case .readTimeout:
            try details.readCounts(&reader)
            details.dataPresent = try reader.integer(UInt8.self) != 0
        case .readFailure, .writeFailure: try details.readCounts(&reader)
        case .alreadyExists: details.existing = [try reader.string(), try reader.string()]
        case .unprepared: details.statementID = try reader.shortBytes()
        default:
            self.init(code, message)
            return
        }
        self.init(code, message, details: details)
    }
}

extension CQLError.Details {
    fileprivate mutating func readCounts(_ reader: inout ByteReader) throws(CQLError) {
        consistency = Consistency(rawValue: try reader.integer())
        received = Int(try reader.integer(Int32.self))
        required = Int(try reader.integer(Int32.self))
    }
}
