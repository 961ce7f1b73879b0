#ifndef TRAWL_CZLIB_SHIM_H
#define TRAWL_CZLIB_SHIM_H

#include <zlib.h>

// deflateInit2 and inflateInit2 are macros that pass zlib's version and the stream's size; Swift sees functions alone.

static inline int trawl_deflate_init(z_streamp stream, int level, int window_bits, int memory_level) {
    return deflateInit2_(stream, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY,
                         ZLIB_VERSION, (int)sizeof(z_stream));
}

static inline int trawl_inflate_init(z_streamp stream, int window_bits) {
    return inflateInit2_(stream, window_bits, ZLIB_VERSION, (int)sizeof(z_stream));
}

#endif
