#pragma once
#include <sys/prctl.h>

// What glibc keeps from Swift because it takes any number of arguments.

/// Writes the calling thread's name, at most 16 bytes with the one that ends it; may be called in a signal's handler.
static inline int process_thread_name(char *name) {
    return prctl(PR_GET_NAME, name);
}
