#pragma once
// What the C library's allocator can be told (mallopt(3), malloc_trim(3)), which Swift's Glibc module leaves out.
#include <malloc.h>
