internal import Glibc

/// Holds the calling thread, which must be one of the library's own, for a moment between two attempts.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
