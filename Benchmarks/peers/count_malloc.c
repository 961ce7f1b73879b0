/* Counts what a process asks of the allocator, and tells at its end.

   cc -O2 -shared -fPIC count_malloc.c -o count_malloc.so -ldl
   LD_PRELOAD=./count_malloc.so mime-bench files --rounds 1 FOLDER
   LD_PRELOAD=./count_malloc.so mime-bench files --rounds 2 FOLDER

   The difference of two runs, by the messages, is what one parse costs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static unsigned long calls;
static unsigned long long octets;

void *malloc(size_t size) {
    calls++;
    octets += size;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    calls++;
    octets += count * size;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    calls++;
    octets += size;
    return __libc_realloc(old, size);
}

__attribute__((destructor)) static void report(void) {
    fprintf(stderr, "%lu allocations, %llu octets\n", calls, octets);
}
