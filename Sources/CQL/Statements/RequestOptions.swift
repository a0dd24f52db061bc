/// How one request is carried out; what is not said is taken from the session's configuration.
public struct RequestOptions: Sendable {
    /// How many replicas have to answer.
    public var consistency: Consistency?
    /// Which agreement a conditional write uses.
    public var serialConsistency: SerialConsistency?
    /// For the whole request, retries included.
    public var timeout: Duration?
    /// Whether carrying the statement out twice does no harm, so that it may be sent again when its fate is unknown. False
    /// where nothing is said: the text alone does not tell.
    public var isIdempotent = false
    /// Rows a page has at most; 0 for all rows at once, which costs the server less where it is one row, and has no bound where
    /// it is not.
    public var pageSize: Int?
    /// Where to go on, from an earlier answer.
    public var pagingState: [UInt8]?
    /// The write's timestamp in microseconds since 1970; the server's clock where nothing is said.
    public var timestamp: Int64?

    /// The session's defaults.
    public init(
        consistency: Consistency? = nil, serialConsistency: SerialConsistency? = nil, timeout: Duration? = nil,
        isIdempotent: Bool = false, pageSize: Int? = nil, pagingState: [UInt8]? = nil, timestamp: Int64? = nil
    ) {
        self.consistency = consistency
        self.serialConsistency = serialConsistency
        self.timeout = timeout
        self.isIdempotent = isIdempotent
        self.pageSize = pageSize
        self.pagingState = pagingState
        self.timestamp = timestamp
    }
}
