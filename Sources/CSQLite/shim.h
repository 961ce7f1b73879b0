#ifndef TRAWL_CSQLITE_SHIM_H
#define TRAWL_CSQLITE_SHIM_H

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// A macro that casts an integer to a pointer to a function: Swift imports none of those.
static inline sqlite3_destructor_type trawl_sqlite_transient(void) { return SQLITE_TRANSIENT; }

// Variadic, which Swift doesn't import either. These have an effect before SQLite's first use in a process alone.
static inline int trawl_sqlite_leave_memory_uncounted(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
static inline int trawl_sqlite_make_no_pages_ahead(void) { return sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)0, 0, 0); }

// Memory for a process that answers one search, on one thread, and ends: reading a schema takes thousands of small pieces,
// and a general allocator ten times as long for each as this one. What is freed is kept for the next piece of its size;
// nothing goes back to the system. A piece's size stands before it; all pieces lie at multiples of 16.

// Larger pieces are malloc's.
#define TRAWL_LARGEST_PIECE 2040
#define TRAWL_CHUNK (64 << 10)

struct trawl_pieces {
    // What is left of the chunk at hand.
    char *next, *end;
    // By their size and the 8 bytes before them, in units of 16: a list, each piece of which points to the next.
    void *kept[TRAWL_LARGEST_PIECE / 16 + 2];
};

// A variable of the file's own would be Swift's to define, which it isn't.
static inline struct trawl_pieces *trawl_pieces_here(void) {
    static struct trawl_pieces pieces;
    return &pieces;
}

static inline size_t *trawl_piece_size(void *piece) { return (size_t *)((char *)piece - sizeof(size_t)); }

// 8 less than a multiple of 16, which the size before the next piece fills up.
static int trawl_piece_roundup(int size) { return (int)((((size_t)size + 8 + 15) & ~(size_t)15) - 8); }

static void *trawl_piece_malloc(int size) {
    size_t room = (size_t)trawl_piece_roundup(size);
    char *piece;
    if (room > TRAWL_LARGEST_PIECE) {
        char *start = (char *)malloc(room + 16);
        if (!start) return 0;
        piece = start + 16;
    } else {
        struct trawl_pieces *pieces = trawl_pieces_here();
        void **kept = &pieces->kept[(room + 8) / 16];
        if (*kept) {
            piece = (char *)*kept;
            *kept = *(void **)piece;
            return piece;
        }
        if ((size_t)(pieces->end - pieces->next) < room + 8) {
            char *chunk = (char *)malloc(TRAWL_CHUNK);
            if (!chunk) return 0;
            pieces->next = chunk + 8;
            pieces->end = chunk + TRAWL_CHUNK;
        }
        piece = pieces->next + 8;
        pieces->next += room + 8;
    }
    *trawl_piece_size(piece) = room;
    return piece;
}

static void trawl_piece_free(void *piece) {
    size_t room = *trawl_piece_size(piece);
    if (room > TRAWL_LARGEST_PIECE) {
        free((char *)piece - 16);
        return;
    }
    void **kept = &trawl_pieces_here()->kept[(room + 8) / 16];
    *(void **)piece = *kept;
    *kept = piece;
}

static void *trawl_piece_realloc(void *piece, int size) {
    size_t room = *trawl_piece_size(piece);
    if (room >= (size_t)size) return piece;
    void *larger = trawl_piece_malloc(size);
    if (!larger) return 0;
    memcpy(larger, piece, room);
    trawl_piece_free(piece);
    return larger;
}

static int trawl_piece_room(void *piece) { return piece ? (int)*trawl_piece_size(piece) : 0; }
static int trawl_pieces_init(void *context) { (void)context; return SQLITE_OK; }
static void trawl_pieces_shutdown(void *context) { (void)context; }

// Before SQLite's first use in a process, as those above.
static inline int trawl_sqlite_use_pieces(void) {
    static const sqlite3_mem_methods methods = {
        trawl_piece_malloc, trawl_piece_free, trawl_piece_realloc, trawl_piece_room, trawl_piece_roundup,
        trawl_pieces_init, trawl_pieces_shutdown, 0,
    };
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

#endif
