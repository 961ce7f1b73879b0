#ifndef TRAWL_CSQLITE_SHIM_H
#define TRAWL_CSQLITE_SHIM_H

#include <sqlite3.h>

// A macro that casts an integer to a pointer to a function: Swift imports none of those.
static inline sqlite3_destructor_type trawl_sqlite_transient(void) { return SQLITE_TRANSIENT; }

// Variadic, which Swift doesn't import either. These have an effect before SQLite's first use in a process alone.
static inline int trawl_sqlite_leave_memory_uncounted(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
static inline int trawl_sqlite_make_no_pages_ahead(void) { return sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)0, 0, 0); }

#endif
