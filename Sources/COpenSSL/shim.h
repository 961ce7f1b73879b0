#ifndef TRAWL_COPENSSL_SHIM_H
#define TRAWL_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// OpenSSL offers much of its API as macros, which Swift does not see. Each function here is one of them by name.

static inline int trawl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline int trawl_set_minimum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int trawl_set_maximum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_max_proto_version(context, version);
}

// Buffers are given back between records, so that an idle connection holds no 32 KiB of them; renegotiation has no use
// in IMAP and a history of holes.
static inline void trawl_set_defaults(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}

// Sessions are handed to the callback alone; OpenSSL's own cache never finds a client's session again.
static inline void trawl_set_client_session_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}

static inline int trawl_is_fatal_packed_reason(unsigned long error, int reason) {
    return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == reason;
}

static inline int trawl_error_library(unsigned long error) { return ERR_GET_LIB(error); }
static inline int trawl_error_reason(unsigned long error) { return ERR_GET_REASON(error); }

static inline int trawl_chain_count(const STACK_OF(X509) *chain) { return sk_X509_num(chain); }
static inline X509 *trawl_chain_value(const STACK_OF(X509) *chain, int index) { return sk_X509_value(chain, index); }

static inline int trawl_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

// The type of the name at an index (GEN_DNS, GEN_IPADD, ...) and its bytes; NULL for the types that have none.
static inline const unsigned char *trawl_name_bytes(const GENERAL_NAMES *names, int index, int *type, int *length) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    *type = name->type;
    *length = 0;
    if (name->type == GEN_DNS) {
        *length = ASN1_STRING_length(name->d.dNSName);
        return ASN1_STRING_get0_data(name->d.dNSName);
    }
    if (name->type == GEN_IPADD) {
        *length = ASN1_STRING_length(name->d.iPAddress);
        return ASN1_STRING_get0_data(name->d.iPAddress);
    }
    return NULL;
}

static inline long trawl_bio_memory(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }


// RFC 2253's order and escapes, but UTF-8 as it is, and not every accented letter as \xx.
static inline unsigned long trawl_name_flags(void) { return XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB; }

#endif
