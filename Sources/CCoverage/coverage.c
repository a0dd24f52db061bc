#include "CCoverage.h"

#include <stdatomic.h>

// What code that is compiled with -sanitize-coverage=edge,trace-pc-guard calls: once for the guards of each module, then at each
// edge. A guard's number is cleared when its edge is first taken, which makes the next times cheap.
static _Atomic size_t guards, taken, reported;

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop) {
    if (start == stop || *start) return;
    for (uint32_t *guard = start; guard < stop; guard++) {
        *guard = (uint32_t)(atomic_fetch_add_explicit(&guards, 1, memory_order_relaxed) + 1);
    }
}

void __sanitizer_cov_trace_pc_guard(uint32_t *guard) {
    if (!__atomic_load_n(guard, __ATOMIC_RELAXED)) return;
    if (__atomic_exchange_n(guard, 0, __ATOMIC_RELAXED)) atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed);
}

size_t coverage_total(void) { return atomic_load_explicit(&taken, memory_order_relaxed); }

size_t coverage_take_new(void) {
    size_t total = coverage_total();
    return total - atomic_exchange_explicit(&reported, total, memory_order_relaxed);
}

__attribute__((weak)) size_t __sanitizer_get_current_allocated_bytes(void);

size_t coverage_allocated_bytes(void) {
    return __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes() : 0;
}
