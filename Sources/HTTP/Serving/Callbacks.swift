internal import CMicroHTTPD
internal import Synchronization

// What libmicrohttpd calls. An exchange is retained from the request line to the completion of its request.

/// The request line has been read: makes the exchange, which all later callbacks get.
let beginExchange:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        context, target, _ in
        guard let context, let target else { return nil }
        let server = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
        return Unmanaged.passRetained(server.makeExchange(target: String(cString: target))).toOpaque()
    }

/// A header, bytes of a body, or the end of a request has been read, or a connection was resumed.
let accessExchange:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
        UnsafePointer<CChar>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result = { _, pointer, _, method, _, data, count, context in
        guard let pointer, let method, let count, let exchange = exchange(context?.pointee) else {
            return martlet_mhd_result(0)
        }
        let connection = Exchange.Connection(pointer: pointer)
        let isNew = exchange.state.withLock { $0.connection == nil }
        let isAlive =
            isNew
            ? exchange.begin(connection, method: String(cString: method))
            : exchange.access(connection, data: data, count: &count.pointee)
        return martlet_mhd_result(isAlive ? 1 : 0)
    }

/// The request is over, one way or another.
let completeExchange:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_RequestTerminationCode
    ) -> Void = { _, _, context, code in
        guard let context, let pointer = context.pointee else { return }
        context.pointee = nil
        Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue().completed(code)
    }

/// There is room for more of a stream.
let readStream: @convention(c) (UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<CChar>?, Int) -> Int = {
    context, _, buffer, count in
    guard let buffer, let exchange = exchange(context) else { return Int(martlet_mhd_end_with_error) }
    return exchange.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
}

/// A field of a request's header.
let collectHeader:
    @convention(c) (
        UnsafeMutableRawPointer?, MHD_ValueKind, UnsafePointer<CChar>?, Int, UnsafePointer<CChar>?, Int
    ) -> MHD_Result = { context, _, name, nameLength, value, valueLength in
        guard let context, let name else { return martlet_mhd_result(0) }
        context.assumingMemoryBound(to: Headers.self).pointee.add(text(name, nameLength), text(value, valueLength))
        return martlet_mhd_result(1)
    }

private func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange? {
    context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
}

private func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
    let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length)
    return String(decoding: bytes, as: UTF8.self)
}
