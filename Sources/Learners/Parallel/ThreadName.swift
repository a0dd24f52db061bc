import Foundation

/// The name of a thread, given by itself, under which the record of a crash knows it.
///
/// What the system calls a thread is no proof of what it does: a thread without a name inherits that of the thread which made
/// it, and Foundation may leave it at that, since it compares with a handle that is not there yet when a thread begins. Here
/// a thread without a name has none.
public enum ThreadName {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { free($0) }
        return key
    }()

    /// Names the calling thread.
    public static func set(_ name: String) {
        free(pthread_getspecific(key))
        pthread_setspecific(key, strdup(name))
        // For the system's lists, where it mostly arrives.
        Thread.current.name = name
    }

    /// The calling thread's name, nil where it has given itself none; valid as long as it keeps it. After a first call it may
    /// be read in a signal's handler.
    public static var current: UnsafePointer<CChar>? {
        pthread_getspecific(key).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
    }
}
