#ifndef TRAWL_CRESOLV_SHIM_H
#define TRAWL_CRESOLV_SHIM_H

#include <sys/types.h>
#include <netinet/in.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <string.h>

// Asks the system's resolver for the records of one type, in the Internet class. Returns the answer's length (which may
// be more than `capacity`, of which the rest is cut off), 0 where there are no such records, -1 where nobody answered.
//
// The state is the call's own: the one that res_query uses belongs to the thread, and so would the time limit. Most of
// this API is macros on one system or the other, which Swift does not see.
static inline int trawl_resolver_query(const char *name, int type, unsigned char *answer, int capacity, int seconds) {
    struct __res_state state;
    memset(&state, 0, sizeof(state));
    if (res_ninit(&state) != 0) return -1;
    state.retrans = seconds;
    state.retry = 1;
    int length = res_nquery(&state, name, 1, type, answer, capacity);
    int failure = state.res_h_errno;
    res_nclose(&state);
    if (length >= 0) return length;
    return failure == HOST_NOT_FOUND || failure == NO_DATA ? 0 : -1;
}

#endif
