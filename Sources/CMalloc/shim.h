#pragma once

// glibc's own part of the allocator's interface, which Swift's Glibc module leaves out.
#include <malloc.h>
