#ifndef TRAWL_CSQLITE_SHIM_H
#define TRAWL_CSQLITE_SHIM_H

#include <sqlite3.h>

// A macro that casts an integer to a pointer to a function: Swift imports none of those.
static inline sqlite3_destructor_type trawl_sqlite_transient(void) { return SQLITE_TRANSIENT; }

#endif
