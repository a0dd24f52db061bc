#pragma once
#include <stdint.h>

// Each example table's gzip-compressed CSV and its size in bytes.
#define MARTLET_EXAMPLE(name) \
    extern const uint8_t martlet_example_##name[]; \
    extern const uint64_t martlet_example_##name##_size; \
    static inline const uint8_t *martlet_example_##name##_bytes(void) { return martlet_example_##name; }

MARTLET_EXAMPLE(iris)
MARTLET_EXAMPLE(titanic)
MARTLET_EXAMPLE(telco_churn)
MARTLET_EXAMPLE(insurance)
MARTLET_EXAMPLE(flights)
