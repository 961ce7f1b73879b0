#ifndef TRAWL_CMALLOC_SHIM_H
#define TRAWL_CMALLOC_SHIM_H

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
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

// Has the system lay out all pages of memory that is about to be written: one by one, as they are first written, they cost
// twice as much. Where it doesn't know how (before Linux 5.14), it lays them out as they are written.
static inline void trawl_lay_out(void *memory, size_t size) {
#ifdef __linux__
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)memory & ~(page - 1);
    // MADV_POPULATE_WRITE, which glibc has no name for before 2.35.
    madvise((void *)start, (uintptr_t)memory + size - start, 23);
#else
    (void)memory;
    (void)size;
#endif
}

// The same for so much of the heap, in a process that needs it and ends soon. The heap then grows in steps of 256 kB, without
// pages apart for what is large, and gives nothing back.
static inline void trawl_lay_out_heap(size_t size) {
#if defined(__GLIBC__) && defined(__linux__)
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 1 << 18);
    void *block = malloc(size);
    if (block == NULL) return;
    trawl_lay_out(block, size);
    free(block);
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
