/// The pages of a result, each asked for when the one before it has been taken.
public struct PageSequence: AsyncSequence, Sendable {
    /// A page.
    public typealias Element = ResultSet

    let fetch: @Sendable ([UInt8]?) async throws -> ResultSet
    let start: [UInt8]?

    /// Goes through the pages once.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let fetch: @Sendable ([UInt8]?) async throws -> ResultSet
        var state: [UInt8]?
        var isFinished = false

        /// The next page; nil after the last.
        public mutating func next() async throws -> ResultSet? {
            guard !isFinished else { return nil }
            do {
                let page = try await fetch(state)
                state = page.pagingState
                isFinished = state == nil
                return page
            } catch {
                isFinished = true
                throw error
            }
        }
    }

    /// Begins with the first page.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(fetch: fetch, state: start) }
}

/// The rows of a result, page by page; no more than one page is held at a time.
public struct RowSequence: AsyncSequence, Sendable {
    /// A row.
    public typealias Element = Row

    /// The same as pages.
    public let pages: PageSequence

    /// Goes through the rows once.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var pages: PageSequence.AsyncIterator
        var page = ResultSet()
        var position = 0

        /// The next row; nil after the last.
        public mutating func next() async throws -> Row? {
            // Pages may be empty before the last.
            while position == page.count {
                guard let next = try await pages.next() else { return nil }
                page = next
                position = 0
            }
            defer { position += 1 }
            return page[position]
        }
    }

    /// Begins with the first row.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: pages.makeAsyncIterator()) }
}

extension Session {
    /// The rows of a statement, asked for page by page as they are taken.
    public func rows(
        _ text: String, _ values: [any CQLEncodable] = [], options: RequestOptions = RequestOptions()
    ) -> RowSequence {
        RowSequence(
            pages: PageSequence(
                fetch: { state in
                    var options = options
                    options.pagingState = state
                    return try await self.execute(text, values, options: options)
                }, start: options.pagingState))
    }

    /// The rows of a prepared statement, asked for page by page as they are taken.
    public func rows(
        _ statement: PreparedStatement, _ values: [any CQLEncodable] = [],
        options: RequestOptions = RequestOptions()
    ) -> RowSequence {
        RowSequence(
            pages: PageSequence(
                fetch: { state in
                    var options = options
                    options.pagingState = state
                    return try await self.execute(statement, values, options: options)
                }, start: options.pagingState))
    }
}
