#include "CStandalone.h"

#include <stdlib.h>

static int argument_count;
static char **arguments;

/* Runs before Swift's runtime starts, which in a program without any shared library, in a root without /proc,
   - ends the process when it asks /proc where its libraries are, unless it is told a root;
   - finds no arguments: the C library hands them to constructors. */
__attribute__((constructor(101))) static void start(int count, char **values) {
    argument_count = count;
    arguments = values;
    setenv("SWIFT_ROOT", "/", 0);
}

int standalone_argument_count(void) { return argument_count; }

const char *standalone_argument(int index) { return arguments[index]; }
