#ifndef TRAWL_CZSTD_SHIM_H
#define TRAWL_CZSTD_SHIM_H

// For ZDICT_trainFromBuffer_fastCover: the trainer of the stable interface tries ten settings and takes ten times as long.
#define ZDICT_STATIC_LINKING_ONLY
// For ZSTD_createDDict_byReference: a dictionary that is copied costs a search more than to read it.
#define ZSTD_STATIC_LINKING_ONLY

#include <zdict.h>
#include <zstd.h>

#endif
