#ifndef TRAWL_CMALLOC_SHIM_H
#define TRAWL_CMALLOC_SHIM_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// From now on no more heaps than these are made.
static inline void trawl_limit_heaps(int most) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, most);
#else
    (void)most;
#endif
}

// From now on what is so large, or larger, has pages of its own, which go back to the system with it. By itself glibc
// raises that limit with what it sees freed, up to 32 MB, and the heaps are torn by what is large.
static inline void trawl_map_from(int size) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, size);
#else
    (void)size;
#endif
}

// Gives memory that is free within the heaps back to the system; glibc keeps it otherwise.
static inline void trawl_return_free_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
