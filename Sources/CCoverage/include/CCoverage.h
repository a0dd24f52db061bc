#ifndef C_COVERAGE_H
#define C_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

/// Edges that were taken for the first time since this was asked last. 0 in a build without -sanitize-coverage.
size_t coverage_take_new(void);
/// Edges that were ever taken.
size_t coverage_total(void);
/// Bytes that are allocated now, by AddressSanitizer's count; 0 in a build without it.
size_t coverage_allocated_bytes(void);

#endif
