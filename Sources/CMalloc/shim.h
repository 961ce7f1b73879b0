#ifndef TRAWL_CMALLOC_SHIM_H
#define TRAWL_CMALLOC_SHIM_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Gives memory that is free within the heaps back to the system. glibc keeps it otherwise, in as many heaps as threads
// have asked for memory, and what one heap has free is of no use to the others.
static inline void trawl_return_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
