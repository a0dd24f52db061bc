#pragma once

/// The arguments that the program was started with, its name first.
int standalone_argument_count(void);

/// The argument at a place below the count.
const char *standalone_argument(int index);
